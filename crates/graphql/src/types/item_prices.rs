//! The prices of an order item, for one unit and for the whole quantity.

use async_graphql::SimpleObject;
use countermand_domain::decimal::divide_half_up;
use countermand_domain::{Money as Amount, MoneyError, OrderItem, UnitPrice};

use super::row::Row;
use super::tax_and_discount::{CartDiscountType, Discount};
use crate::adobe::FixedProductTax;
use crate::kit::List;
use crate::kit::money::Money;

/// Prices of an order item in the order's currency. The buyer pays by the amounts of the whole quantity; the prices
/// of one unit are for display only.
#[derive(SimpleObject)]
#[graphql(serial, rename_fields = "snake_case")]
pub(crate) struct OrderItemPrices {
    /// Price of one unit, without tax, before discounts, with at most four decimals.
    price: Money,
    /// Price of one unit, with tax, before discounts, with at most four decimals.
    price_including_tax: Money,
    /// Price of the ordered quantity, without tax, before discounts.
    row_total: Money,
    /// Price of the ordered quantity, with tax, before discounts.
    row_total_including_tax: Money,
    /// Discount on the ordered quantity, as a positive amount; zero when there is none.
    total_item_discount: Money,
    /// Price of one unit before special prices, without tax, with at most
    /// four decimals; null when the order states none.
    original_price: Option<Money>,
    /// Price of one unit before special prices, with tax at the rate of the price that was paid, with at most four
    /// decimals; null when the order states no original price.
    original_price_including_tax: Option<Money>,
    /// Price of the ordered quantity before special prices, without tax; the same as `row_total` when the order
    /// states no original price.
    original_row_total: Money,
    /// Price of the ordered quantity before special prices, with tax; the same as `row_total_including_tax` when
    /// the order states no original price.
    original_row_total_including_tax: Money,
    /// Discount on the item as one entry; empty when there is none.
    discounts: List<Discount>,
    /// Always empty: this shop keeps no fixed product taxes.
    fixed_product_taxes: List<FixedProductTax>,
}

impl OrderItemPrices {
    pub(crate) fn of(row: &Row) -> Result<Self, MoneyError> {
        let (item, currency) = (row.item(), row.currency());
        let unit = |price| Money::unit_price(price, currency);
        let prices = item.prices;
        let original_including_tax = prices.original_price.map(|original| with_tax(original, item));
        let (net, gross) = (item.ordered.net, item.ordered.including_tax()?);
        Ok(Self {
            price: unit(prices.price),
            price_including_tax: unit(prices.price_including_tax),
            row_total: net.into(),
            row_total_including_tax: gross.into(),
            total_item_discount: item.discount().into(),
            original_price: prices.original_price.map(unit),
            original_price_including_tax: original_including_tax.map(unit),
            original_row_total: original_row(item, prices.original_price, prices.price, net).into(),
            original_row_total_including_tax: original_row(
                item,
                original_including_tax,
                prices.price_including_tax,
                gross,
            )
            .into(),
            discounts: Discount::of_part(row.order(), item.discount(), CartDiscountType::Item),
            fixed_product_taxes: List::empty(),
        })
    }
}

/// The unit price `original` with tax, in the proportion of the price that was paid.
fn with_tax(original: UnitPrice, item: &OrderItem) -> UnitPrice {
    let (net, gross) = (
        item.prices.price.ten_thousandths(),
        item.prices.price_including_tax.ten_thousandths(),
    );
    if net == 0 {
        return original;
    }
    let exact = i128::from(original.ten_thousandths()) * i128::from(gross);
    UnitPrice::from_ten_thousandths(saturated(divide_half_up(exact, i128::from(net))))
}

/// What the ordered quantity would cost at the unit price `original`; the item's own total when there is no
/// original price or when it is the price that was paid.
fn original_row(item: &OrderItem, original: Option<UnitPrice>, paid: UnitPrice, row: Amount) -> Amount {
    let Some(original) = original.filter(|&it| it != paid) else {
        return row;
    };
    let exact = i128::from(original.ten_thousandths()) * i128::from(item.quantities.ordered.scaled());
    let unit = 10_i128.pow(8 - row.currency().exponent().min(8));
    Amount::new(saturated(divide_half_up(exact, unit)), row.currency())
}

fn saturated(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use countermand_domain::{ItemPosition, ItemPrices, Quantity, RowMoney};

    use super::*;

    fn usd(minor: i64) -> Amount {
        Amount::new(minor, "USD".parse().expect("a currency"))
    }

    fn price(text: &str) -> UnitPrice {
        UnitPrice::parse(text).expect("a price")
    }

    #[test]
    fn a_row_at_a_special_price_tells_what_it_was_before() {
        let mut item = OrderItem::new(
            ItemPosition(1),
            "sku",
            "Thing",
            Quantity::whole(3),
            RowMoney::net(usd(3_000)),
        );
        item.prices = ItemPrices {
            price: price("10"),
            price_including_tax: price("12.10"),
            original_price: Some(price("20")),
        };
        let gross = with_tax(price("20"), &item);
        assert_eq!(gross, price("24.20"));
        assert_eq!(
            original_row(&item, item.prices.original_price, item.prices.price, usd(3_000)),
            usd(6_000)
        );
        assert_eq!(
            original_row(&item, Some(gross), item.prices.price_including_tax, usd(3_630)),
            usd(7_260)
        );
        assert_eq!(
            original_row(&item, None, item.prices.price, usd(3_000)),
            usd(3_000)
        );
    }
}
