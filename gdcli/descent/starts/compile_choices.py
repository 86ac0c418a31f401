"""What ``--compile`` takes, where it costs no import."""

AUTO, ON, OFF = CHOICES = ("auto", "on", "off")
