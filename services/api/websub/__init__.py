"""WebSub: asking hubs to push feeds to us, answering them, and taking what they push."""
