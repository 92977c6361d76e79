// Mails link to Adobe's path for guest orders, this folder. The page itself lives at the root and takes the same query.
location.replace(new URL(`../../../index.html${location.search}`, import.meta.url));
