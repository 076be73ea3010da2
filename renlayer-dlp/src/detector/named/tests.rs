//! Every row, tested from its own data.

use super::*;
use crate::detector::harness::{Cases, Random};
use crate::detector::token;
use crate::detector::token::tests::written;

#[test]
fn a_value_under_its_name_is_found_and_without_it_is_not() {
    let mut random = Random::new(11);
    for row in rows() {
        let value = written(row.value, &mut random);
        let says = row.says.map_or("", Words::any);
        for word in row.words {
            let name = format!("{word}_{says}");
            Cases::of(row.class)
                .hit(&format!("{name}={value}\n"), &value)
                .hit(&format!("'{name}': '{value}',"), &value)
                .hit(&format!("{}: {value} and", name.to_uppercase()), &value)
                .miss(&format!("value={value}"))
                .run();
            if token::tests::is_fixed(row.value) {
                Cases::of(row.class).miss(&format!("{name}=x{value}")).run();
            }
        }
    }
}
