//! The people who buy: twelve with an account, the others as guests.

use super::shop::Shop;
use super::stores::EUROPE_CODE;

/// One line a person: made-up names, numbers kept for fiction where a country has such.
const PEOPLE: &str = include_str!("people.csv");

/// Everybody's password in the demo.
const PASSWORD: &str = "Countermand-1";

/// Somebody to make an account for; registered orders name them by e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoCustomer {
    /// The code of the website the account belongs to.
    pub website: &'static str,
    /// Sign-in name.
    pub email: &'static str,
    /// Given name.
    pub firstname: &'static str,
    /// Family name.
    pub lastname: &'static str,
    /// What to sign in with.
    pub password: &'static str,
}

/// The accounts of the demo, at least one on each website.
#[must_use]
pub fn customers() -> Vec<DemoCustomer> {
    let registered = people().into_iter().filter(|person| person.account.is_some());
    registered
        .map(|person| DemoCustomer {
            website: if person.store == 1 { "base" } else { EUROPE_CODE },
            email: person.email,
            firstname: person.firstname,
            lastname: person.lastname,
            password: PASSWORD,
        })
        .collect()
}

/// A buyer with an address.
#[derive(Debug, Clone, Copy)]
pub(super) struct Person {
    /// The store view they buy in.
    pub(super) store: i64,
    /// `customer_id`; none for a guest.
    pub(super) account: Option<i64>,
    pub(super) email: &'static str,
    pub(super) firstname: &'static str,
    pub(super) lastname: &'static str,
    pub(super) street: &'static str,
    pub(super) postcode: &'static str,
    pub(super) city: &'static str,
    /// Empty where addresses have none.
    pub(super) region: &'static str,
    /// ISO 3166 code.
    pub(super) country: &'static str,
    pub(super) telephone: &'static str,
}

/// Everybody, accounts numbered from 1.
pub(super) fn people() -> Vec<Person> {
    let mut accounts = 0;
    let lines = PEOPLE.lines().skip(1);
    lines
        .filter_map(|line| {
            let fields: Vec<&'static str> = line.split(',').collect();
            let &[store, account, email, firstname, lastname, ref address @ ..] = fields.as_slice() else {
                return None;
            };
            let &[street, postcode, city, region, country, telephone] = address else {
                return None;
            };
            let account = (account == "yes").then(|| {
                accounts += 1;
                accounts
            });
            Some(Person {
                store: store.parse().ok()?,
                account,
                email,
                firstname,
                lastname,
                street,
                postcode,
                city,
                region,
                country,
                telephone,
            })
        })
        .collect()
}

impl Person {
    /// What `shop` taxes this buyer with, in hundredths of a per cent: the rate of where the goods go.
    pub(super) fn tax_rate(&self, shop: &Shop) -> i64 {
        match self.country {
            "US" => 0,
            "AT" => 2000,
            "BE" | "NL" => 2100,
            "IE" => 2300,
            "DK" | "SE" => 2500,
            _ => shop.home_tax_rate,
        }
    }
}
