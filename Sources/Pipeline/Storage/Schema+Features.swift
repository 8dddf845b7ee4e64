extension Schema {
    /// What each candidate's confidence was made from: `{"score": 0.8, "words": 0.93, ...}`.
    static let features = """
        ALTER TABLE value ADD COLUMN features TEXT NOT NULL DEFAULT '{}';
        """
}
