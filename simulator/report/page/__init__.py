"""The capacity report: one page that an on-call engineer and the person who pays both understand."""
