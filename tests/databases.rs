//! Says which databases the tests ran on; fails where one is required and missing.

use countermand_tests::Database;

fn main() {
    let asked = |word: &str| std::env::args().any(|it| it == word);
    if asked("--list") {
        // Other runners than cargo's own ask which tests there are; none is to be ignored.
        if !asked("--ignored") {
            println!("which_ones: test");
        }
        return;
    }
    for database in Database::ALL {
        match database.server() {
            Some(_) => println!("tests ran on {database}"),
            None => println!(
                "tests did NOT run on {database}: {} is not set",
                database.variable()
            ),
        }
    }
}
