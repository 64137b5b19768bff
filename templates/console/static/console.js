// Single keys for those who want them, and nothing that a page could not do without.
"use strict";
