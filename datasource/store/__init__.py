"""Where bytes are kept between reads."""
