"""What several servers share: counts, namespaces, the journal, stored responses."""
