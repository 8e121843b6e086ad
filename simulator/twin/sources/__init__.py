"""What each kind of file says, in AWS's own names: nothing is decided here, and nothing invented."""
