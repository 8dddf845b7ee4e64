extension Schema {
    /// The language that a page was read in; nothing where it was not read by Tesseract, or before this was kept.
    static let language = """
        ALTER TABLE page ADD COLUMN language TEXT;
        """
}
