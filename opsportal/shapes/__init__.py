"""The shapes of answers, as types: builders are checked against them, and the API's schemas are made from them."""
