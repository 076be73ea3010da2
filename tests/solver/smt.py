"""cvc5 as a program: what `cvc5 --lang smt` is, for machines that have the library alone (PyPI `cvc5`).

Reads SMT-LIB commands on stdin and answers on stdout. Options of the form `--name=value` are the solver's.
"""

import sys

import cvc5


def fresh(options):
    solver = cvc5.Solver()
    for name, value in options:
        solver.setOption(name, value)
    symbols = cvc5.SymbolManager(solver)
    parser = cvc5.InputParser(solver, symbols)
    parser.setIncrementalStringInput(cvc5.InputLanguage.SMT_LIB_2_6, "stdin")
    return solver, symbols, parser


def answer(state, commands):
    solver, symbols, parser = state
    try:
        parser.appendIncrementalStringInput(commands)
        while not (command := parser.nextCommand()).isNull():
            sys.stdout.write(str(command.invoke(solver, symbols)))
    except RuntimeError as error:
        text = str(error).replace('"', "'").replace("\n", " ")
        print(f'(error "{text}")')
    sys.stdout.flush()


def main():
    options = [arg[2:].split("=", 1) for arg in sys.argv[1:] if arg.startswith("--") and "=" in arg]
    state, waiting = fresh(options), []
    for line in sys.stdin:
        if line.strip() == "(reset)":
            state, waiting = fresh(options), []
            continue
        waiting.append(line)
        # A command may have several lines: they are handed over where an answer is due.
        if line.strip() in ("(check-sat)", "(get-model)"):
            answer(state, "".join(waiting))
            waiting = []


main()
