"""A SARIF document, read by somebody else's models of the standard."""

import subprocess

from sarif_pydantic import Sarif

from processes import PATIENCE, binary


def test_a_scan_is_a_sarif_document(tmp_path):
    (tmp_path / "notes.txt").write_text("first\nask alice@corp.io or bob@corp.io\n")
    command = [binary("RENLAYER_TEST_BIN", "renlayer"), "dlp", "scan", "--format", "sarif", ".", "absent"]
    scan = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=PATIENCE)
    assert scan.returncode == 2, scan.stderr
    (run,) = Sarif.model_validate_json(scan.stdout).runs
    assert [rule.id for rule in run.tool.driver.rules] == ["pii.email"]
    places = [result.locations[0].physical_location for result in run.results]
    assert [place.artifact_location.uri for place in places] == ["notes.txt", "notes.txt"]
    assert [(place.region.start_line, place.region.start_column) for place in places] == [(2, 5), (2, 22)]
    assert not run.invocations[0].execution_successful
    assert "alice" not in scan.stdout
