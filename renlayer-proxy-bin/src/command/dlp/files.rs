//! Which files a scan reads: those named, and all below the folders named, in order of their names.
//!
//! Links are not followed, and `.git` folders are left out: what they hold is compressed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// A file, or what kept one from being found.
pub(super) type Found = Result<PathBuf, (PathBuf, io::Error)>;

/// All files at and below `paths`.
pub(super) fn find(paths: &[PathBuf]) -> Vec<Found> {
    let mut found = Vec::new();
    paths.iter().for_each(|path| visit(path, true, &mut found));
    found
}

fn visit(path: &Path, named: bool, found: &mut Vec<Found>) {
    // A link that was named is meant; one that was come across may lead anywhere.
    let kind = if named { fs::metadata(path) } else { fs::symlink_metadata(path) };
    match kind {
        Err(error) => found.push(Err((path.to_owned(), error))),
        Ok(kind) if kind.is_dir() => match children(path) {
            Ok(children) => children.iter().for_each(|child| visit(child, false, found)),
            Err(error) => found.push(Err((path.to_owned(), error))),
        },
        Ok(kind) if kind.is_file() || named => found.push(Ok(path.to_owned())),
        Ok(_) => {}
    }
}

fn children(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut children = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name() != ".git" {
            children.push(entry.path());
        }
    }
    children.sort();
    Ok(children)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_in_order() {
        let root = tempfile::tempdir().unwrap();
        for file in ["b/2.txt", "b/1.txt", "a.txt", ".git/objects"] {
            let path = root.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        }
        let missing = root.path().join("missing");
        let found = find(&[root.path().to_owned(), missing.clone()]);
        let names: Vec<_> =
            found.iter().filter_map(|found| found.as_ref().ok()?.strip_prefix(root.path()).ok()).collect();
        assert_eq!(names, [Path::new("a.txt"), Path::new("b/1.txt"), Path::new("b/2.txt")]);
        assert!(matches!(found.last(), Some(Err((path, _))) if *path == missing));
    }
}
