//! The buyers of the demo shop: twelve customers with accounts, and guests.

use super::shop::Shop;
use super::stores::EUROPE_CODE;

/// The buyers, one per line. The names are invented; telephone numbers are those reserved for fiction, if the country
/// reserves any.
const PEOPLE: &str = include_str!("people.csv");

/// The password of all customers of the demo.
const PASSWORD: &str = "Countermand-1";

/// A customer to create an account for. The orders of a customer name the e-mail address of the account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DemoCustomer {
    /// The code of the website to which the account belongs.
    pub website: &'static str,
    /// The e-mail address with which the customer signs in.
    pub email: &'static str,
    /// The customer's first name.
    pub firstname: &'static str,
    /// The customer's last name.
    pub lastname: &'static str,
    /// The customer's password.
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
    /// The number of the store view in which the person buys.
    pub(super) store: i64,
    /// The `customer_id`; none for a guest.
    pub(super) account: Option<i64>,
    pub(super) email: &'static str,
    pub(super) firstname: &'static str,
    pub(super) lastname: &'static str,
    pub(super) street: &'static str,
    pub(super) postcode: &'static str,
    pub(super) city: &'static str,
    /// The region; empty in countries whose addresses have none.
    pub(super) region: &'static str,
    /// The ISO 3166 code of the country.
    pub(super) country: &'static str,
    pub(super) telephone: &'static str,
}

/// All buyers. Accounts are numbered from 1.
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
    /// The tax rate of `shop` for this buyer, in hundredths of a percent. The country of the address decides.
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
