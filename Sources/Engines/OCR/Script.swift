/// The scripts that are told apart: enough to see which language a page may be in, and whether a word is one.
enum Script: Hashable, Sendable, CaseIterable {
    case latin
    case greek
    case cyrillic
    case hebrew
    case arabic
    case devanagari
    case thai
    /// Chinese characters, Japanese syllables and Korean ones: scripts that stand beside each other on one page.
    case eastAsian

    /// The script of a letter; nil for digits, signs and scripts that are not told apart.
    ///
    /// The ranges are Unicode's blocks.
    init?(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x41...0x5A, 0x61...0x7A: self = .latin
        case 0...0xA9: return nil
        case 0xAA, 0xBA, 0xC0...0xD6, 0xD8...0xF6, 0xF8...0x24F, 0x1E00...0x1EFF, 0xFB00...0xFB06:
            self = .latin
        case 0x370...0x3FF, 0x1F00...0x1FFF: self = .greek
        case 0x400...0x52F: self = .cyrillic
        case 0x5D0...0x5EA: self = .hebrew
        case 0x620...0x64A, 0x66E...0x6D3, 0xFB50...0xFDFF, 0xFE70...0xFEFC: self = .arabic
        case 0x900...0x97F: self = .devanagari
        case 0xE00...0xE7F: self = .thai
        case 0x1100...0x11FF, 0x3005...0x3007, 0x3040...0x30FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xAC00...0xD7AF, 0xF900...0xFAFF, 0xFF66...0xFF9D, 0x20000...0x3FFFF:
            self = .eastAsian
        default: return nil
        }
    }
}

extension Unicode.Scalar {
    /// The letter of the Latin alphabet without its accent, in lower case: `É` gives `e`; nil for what is none.
    ///
    /// Letters that Unicode does not take apart stand for the letter that they look like.
    var plainLatin: UInt8? {
        switch value {
        case 0x61...0x7A: return UInt8(value)
        case 0x41...0x5A: return UInt8(value + 0x20)
        case 0xAA...0x1EFF:
            if let plain = AccentedLetters.plain[self] { return plain }
            guard let lower = properties.lowercaseMapping.unicodeScalars.first, lower != self else {
                return nil
            }
            return AccentedLetters.plain[lower]
        default: return nil
        }
    }
}

/// The small letters with accents that European languages, Turkish and Vietnamese are written with.
private enum AccentedLetters {
    static let plain: [Unicode.Scalar: UInt8] = {
        let rows: [(Unicode.Scalar, String)] = [
            ("a", "ªàáâãäåāăąǎæạảấầẩẫậắằẳẵặ"), ("c", "çćĉċč"), ("d", "ďđð"),
            ("e", "èéêëēĕėęěẹẻẽếềểễệ"), ("g", "ĝğġģ"), ("h", "ĥħ"), ("i", "ìíîïĩīĭįıỉị"),
            ("j", "ĵ"),
            ("k", "ķĸ"), ("l", "ĺļľŀł"), ("n", "ñńņňŋ"), ("o", "ºòóôõöøōŏőœọỏốồổỗộơớờởỡợ"),
            ("r", "ŕŗř"), ("s", "ßśŝşšșſ"), ("t", "ţťŧțþ"), ("u", "ùúûüũūŭůűųụủưứừửữự"),
            ("w", "ŵẁẃẅ"),
            ("y", "ýÿŷỳỵỷỹ"), ("z", "źżž"),
        ]
        var plain: [Unicode.Scalar: UInt8] = [:]
        for (letter, accented) in rows {
            for scalar in accented.unicodeScalars { plain[scalar] = UInt8(letter.value) }
        }
        return plain
    }()
}
