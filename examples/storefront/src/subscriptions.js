// Lists, ends and resumes the customer's subscriptions. Adobe Commerce has none, so `added_fields.js` is asked first.

import { mutation, query } from "./backend.js";
import { withTextsDecoded } from "./text.js";

const FIELDS = `
  subscription_id status order_number product_name paid_until ends_at
  end_options can_resume refund_at_once { value currency }
`;

const LIST = `query MySubscriptions($page: Int!, $size: Int!) {
  customer {
    subscriptions(currentPage: $page, pageSize: $size) { total_count items { ${FIELDS} } }
  }
}`;

const END = `mutation EndSubscription($id: String!, $when: SubscriptionEndTime!) {
  endSubscription(input: { subscription_id: $id, when: $when }) {
    subscription { ${FIELDS} }
    user_errors { code }
  }
}`;

const RESUME = `mutation ResumeSubscription($id: String!) {
  resumeSubscription(input: { subscription_id: $id }) {
    subscription { ${FIELDS} }
    user_errors { code }
  }
}`;

/** A page of the signed-in customer's subscriptions, the newest period first. */
export async function listSubscriptions(page, size) {
  const { customer } = await query(LIST, { page, size });
  return withTextsDecoded(customer.subscriptions);
}

/** Ends a subscription, `when` being one of its `end_options`. Returns it after that, or the code of the refusal. */
export async function endSubscription(id, when) {
  const { endSubscription: outcome } = await mutation(END, { id, when });
  return result(outcome);
}

/** Lets a subscription go on that was to end. */
export async function resumeSubscription(id) {
  const { resumeSubscription: outcome } = await mutation(RESUME, { id });
  return result(outcome);
}

function result({ subscription, user_errors: [refusal] }) {
  return { refusal: refusal?.code, subscription: withTextsDecoded(subscription) };
}
