//! Which files a scan reads: those named, and all below the folders named, in order of their names.
//!
//! In folders, what Git ignores or a `.renlayerignore` names is left out, and so is `.git`: what it holds is compressed.
//! Hidden files are read, for `.env` is where secrets are. Links are not followed.

use std::io;
use std::path::{Path, PathBuf};

use ignore::{DirEntry, WalkBuilder};

/// A file of this name says what to leave out, in the syntax of `.gitignore`.
const IGNORE_FILE: &str = ".renlayerignore";

/// A file, or what kept one from being found.
pub(super) type Found = Result<PathBuf, (PathBuf, io::Error)>;

/// All files at and below `paths`; with `ignored`, also those that are to be ignored.
pub(super) fn find(paths: &[PathBuf], ignored: bool) -> Vec<Found> {
    paths.iter().flat_map(|path| below(path, ignored)).collect()
}

fn below(root: &Path, ignored: bool) -> impl Iterator<Item = Found> {
    let mut walk = WalkBuilder::new(root);
    walk.standard_filters(!ignored).hidden(false).sort_by_file_name(Ord::cmp);
    walk.filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git");
    if !ignored {
        walk.add_custom_ignore_filename(IGNORE_FILE);
    }
    let root = root.to_owned();
    walk.build().filter_map(move |entry| match entry {
        Ok(entry) => is_read(&entry).then(|| Ok(entry.into_path())),
        Err(error) => Some(Err(place_of(error, &root))),
    })
}

/// A pipe or a link that was named is meant; one that was come across may lead anywhere.
fn is_read(entry: &DirEntry) -> bool {
    entry.file_type().is_none_or(|kind| kind.is_file() || (entry.depth() == 0 && !kind.is_dir()))
}

/// The path that an error is about, and the error itself without it.
fn place_of(error: ignore::Error, root: &Path) -> (PathBuf, io::Error) {
    match error {
        ignore::Error::WithPath { path, err } => (path.clone(), place_of(*err, &path).1),
        ignore::Error::WithDepth { err, .. } => place_of(*err, root),
        // Its message would name the path once more.
        ignore::Error::Io(error) => (root.to_owned(), error.kind().into()),
        error => (root.to_owned(), io::Error::other(error)),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// The names found below a folder with these files.
    fn found(files: &[(&str, &str)], ignored: bool) -> Vec<String> {
        let root = tempfile::tempdir().unwrap();
        for (file, content) in files {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        let name = |path: PathBuf| path.strip_prefix(root.path()).unwrap().to_str().unwrap().to_owned();
        find(&[root.path().to_owned()], ignored).into_iter().map(|found| name(found.unwrap())).collect()
    }

    #[test]
    fn folders_are_walked_in_order() {
        let files = [("b/2.txt", ""), ("b/1.txt", ""), ("a.txt", ""), (".env", ""), (".git/objects", "")];
        assert_eq!(found(&files, false), [".env", "a.txt", "b/1.txt", "b/2.txt"]);
    }

    #[test]
    fn what_is_to_be_ignored_is_left_out_unless_asked_for() {
        let files = [
            (".git/HEAD", ""),
            (".gitignore", "*.log\n"),
            (".renlayerignore", "fixtures/\n"),
            ("a.log", ""),
            ("a.txt", ""),
            ("fixtures/key.pem", ""),
        ];
        assert_eq!(found(&files, false), [".gitignore", ".renlayerignore", "a.txt"]);
        assert_eq!(
            found(&files, true),
            [".gitignore", ".renlayerignore", "a.log", "a.txt", "fixtures/key.pem"]
        );
    }

    #[test]
    fn what_is_not_there_is_told_with_its_path() {
        let missing = PathBuf::from("/nowhere/at/all");
        assert!(matches!(&*find(std::slice::from_ref(&missing), false), [Err((path, error))]
            if *path == missing && error.kind() == io::ErrorKind::NotFound));
    }
}
