extension Schema {
    /// Bar codes and matrix codes of a page, as JSON: `[{"format":…,"text":…,"box":…,"confidence":…,"isGS1":…},…]`.
    static let symbols = """
        ALTER TABLE page ADD COLUMN symbols TEXT NOT NULL DEFAULT '[]';
        """
}
