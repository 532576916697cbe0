"""Mail that the service sends: addresses, the message, and how it gets to the mail server. Which mails there
are to send is in the store."""
