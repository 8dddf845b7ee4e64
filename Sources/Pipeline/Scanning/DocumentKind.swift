/// What a file is, decided by its first bytes and never by its name.
public enum DocumentKind: String, Codable, Sendable, CaseIterable {
    case jpeg, png, webp, tiff, gif, bmp, pnm, heic, jpeg2000, pdf, text, empty, unknown
}
