// Mails link to Adobe's paths, folders below this page. The page itself lives at the root and takes the same query.
location.replace(new URL(`../index.html${location.search}`, import.meta.url));
