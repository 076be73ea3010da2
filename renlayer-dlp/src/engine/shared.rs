//! What detectors read of a text and may be asked for again, by themselves or by others, from places close by: it is read once.

use std::any::Any;

use smallvec::SmallVec;

/// The readings of one text, one of each type.
#[derive(Default)]
pub(crate) struct Shared(SmallVec<[Box<dyn Any + Send + Sync>; 2]>);

impl Shared {
    /// Shows `look` the reading of its type, which is begun where there is none yet.
    pub(super) fn with<T: Any + Default + Send + Sync, R>(&mut self, look: impl FnOnce(&mut T) -> R) -> R {
        if let Some(reading) = self.0.iter_mut().find_map(|reading| reading.downcast_mut()) {
            return look(reading);
        }
        let mut reading = Box::<T>::default();
        let answer = look(&mut reading);
        self.0.push(reading);
        answer
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}
