// Counts segments as npm's sms-segments-calculator does: node segments.js TEXTS TIMES.
"use strict";

const fs = require("fs");
const { SegmentedMessage } = require("sms-segments-calculator");

const texts = JSON.parse(fs.readFileSync(process.argv[2], "utf-8"));
const begun = process.hrtime.bigint();
let total = 0;
for (let round = 0; round < Number(process.argv[3]); round += 1) {
  total = 0;
  for (const text of texts) total += new SegmentedMessage(text).segmentsCount;
}
const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
const mebibytes = process.resourceUsage().maxRSS / 1024;
process.stdout.write(JSON.stringify({ seconds, mebibytes, told: total }) + "\n");
