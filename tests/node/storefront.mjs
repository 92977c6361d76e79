// Uses the example storefront in a browser, against a running demo.
//
//   node storefront.mjs http://127.0.0.1:8080 MAIL_FOLDER STAFF_TOKEN [--screenshot FILE]
//
// The script changes the demo's orders, so each run needs a demo of its own. It exits with 1 at the first problem.

import { withBrowser } from "./browser.mjs";
import { configure } from "./shop.mjs";
import { serveStorefront } from "./site.mjs";
import { pagesHaveNoBarriers } from "./storefront/accessible.mjs";
import { aShopWithoutTheAddedFieldsWorks } from "./storefront/adobe_shop.mjs";
import {
  customerCancels,
  customerCancelsInLists,
  customerReads,
  goingBackClosesTheDialog,
  staffSwitchesOff,
} from "./storefront/customer.mjs";
import { guestAsksToCancel, guestOpensTheLinks } from "./storefront/guest.mjs";
import {
  customersCancelItems,
  eachLanguageTellsOfItems,
  guestsCancelItems,
  itemsAreChosenInLists,
  partsThatAreGoneAreToldHonestly,
} from "./storefront/items.mjs";
import { hostileTextsAreTexts, reasonsAreReadAsTheyWereWritten } from "./storefront/hostile.mjs";
import { linksOfOrdersThatCannotBeCanceledTellWhy } from "./storefront/causes.mjs";
import {
  eachStoreViewHasItsLanguage,
  languagesHaveTheSameTexts,
  pagesWithoutJavaScriptSpeakEveryLanguage,
  storeViewsWithoutADictionaryAreEnglish,
} from "./storefront/languages.mjs";
import {
  dialogsStayWithoutTheNetwork,
  lostAnswersAreToldHonestly,
  pagesStayWithoutTheNetwork,
  tokensEndWhileTheDialogIsOpen,
} from "./storefront/lost_answers.mjs";
import {
  oldLinksTellWhatBecameOfTheMoney,
  refundedOrdersAreNotCalledCanceled,
  refundsAreToldAsTheyAre,
} from "./storefront/money.mjs";
import {
  pagesTellUntilWhenAndWhyNot,
  packedUnitsAreRequested,
  packedUnitsOfGuestsAreRequested,
  requestsAreFollowedToTheirDecision,
  theRestBesideASubscriptionIsCanceled,
} from "./storefront/offers.mjs";
import { pagesFitNarrowScreens } from "./storefront/narrow.mjs";
import { customerChoosesANewPassword } from "./storefront/password.mjs";
import {
  aReasonThatNeedsACommentSaysSo,
  linksTellTheRulesOfTheShop,
  requestsAreNotCalledCancellations,
  theQuoteIsShownBeforeTheCancellation,
  theShopsRulesAreTold,
} from "./storefront/rules.mjs";
import { takeScreenshot } from "./storefront/screenshot.mjs";
import { customersEndSubscriptions } from "./storefront/subscriptions.mjs";

const [address, mailFolder, staffToken, option, screenshot] = process.argv.slice(2);
if (!staffToken || (option && (option !== "--screenshot" || !screenshot))) {
  console.error("usage: node storefront.mjs ADDRESS MAIL_FOLDER STAFF_TOKEN [--screenshot FILE]");
  process.exit(2);
}

const site = await serveStorefront(`${address}/graphql`);
const settings = (change) => configure(address, staffToken, change);
try {
  await settings({ storefront_url: site.address });
  await withBrowser(async (context) => {
    const page = await context.newPage();
    const steps = [
      languagesHaveTheSameTexts,
      pagesWithoutJavaScriptSpeakEveryLanguage,
      customerReads,
      ...(screenshot ? [takeScreenshot] : []),
      hostileTextsAreTexts,
      reasonsAreReadAsTheyWereWritten,
      goingBackClosesTheDialog,
      staffSwitchesOff,
      customerCancelsInLists,
      customerCancels,
      lostAnswersAreToldHonestly,
      pagesStayWithoutTheNetwork,
      dialogsStayWithoutTheNetwork,
      tokensEndWhileTheDialogIsOpen,
      guestAsksToCancel,
      guestOpensTheLinks,
      refundsAreToldAsTheyAre,
      oldLinksTellWhatBecameOfTheMoney,
      refundedOrdersAreNotCalledCanceled,
      linksOfOrdersThatCannotBeCanceledTellWhy,
      customersCancelItems,
      itemsAreChosenInLists,
      partsThatAreGoneAreToldHonestly,
      guestsCancelItems,
      eachLanguageTellsOfItems,
      theShopsRulesAreTold,
      theQuoteIsShownBeforeTheCancellation,
      aReasonThatNeedsACommentSaysSo,
      linksTellTheRulesOfTheShop,
      requestsAreNotCalledCancellations,
      packedUnitsAreRequested,
      packedUnitsOfGuestsAreRequested,
      aShopWithoutTheAddedFieldsWorks,
      pagesFitNarrowScreens,
      pagesHaveNoBarriers,
      eachStoreViewHasItsLanguage,
      storeViewsWithoutADictionaryAreEnglish,
      theRestBesideASubscriptionIsCanceled,
      pagesTellUntilWhenAndWhyNot,
      requestsAreFollowedToTheirDecision,
      customersEndSubscriptions,
      customerChoosesANewPassword,
    ];
    const shop = { site: site.address, address, mailFolder, staffToken, settings, screenshot };
    for (const step of steps) {
      console.log(step.name);
      await step(page, shop);
    }
  });
} finally {
  await site.close();
}
console.log("the storefront works");
