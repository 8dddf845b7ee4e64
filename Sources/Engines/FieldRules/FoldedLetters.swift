/// Letters brought to one form, so that `ZU ZAHLEN`, `Zu zahlen:` and `zu zah1en` compare equal.
///
/// Lower case, without accents, full-width forms narrowed; signs that recognition confuses (0 and o,
/// 1, l and i, 5 and s, 8 and b) share one letter. Only for comparing, never for values.
public enum FoldedLetters {
    /// Lower-case letters without accents; digits and other scripts as they are; empty for signs and spaces.
    public static func plain(_ scalar: Unicode.Scalar) -> [UInt32] {
        let value = scalar.value
        switch value {
        case 0x30...0x39, 0x61...0x7A: return [value]
        case 0x41...0x5A: return [value + 32]
        case 0..<0xC0: return []
        case 0xFF01...0xFF5E:
            guard let narrow = Unicode.Scalar(value - 0xFEE0) else { return [] }
            return plain(narrow)
        default: break
        }
        if let letters = accented[value] { return letters }
        if isIdeograph(value) { return [value] }
        guard scalar.properties.isAlphabetic || scalar.properties.numericType != nil else {
            return []
        }
        return scalar.properties.lowercaseMapping.unicodeScalars.map(\.value)
    }

    /// The letter that stands for all that look like it.
    public static func lookAlike(_ letter: UInt32) -> UInt32 {
        switch letter {
        case 0x30: 0x6F  // 0 → o
        case 0x31, 0x69: 0x6C  // 1, i → l
        case 0x35: 0x73  // 5 → s
        case 0x38: 0x62  // 8 → b
        default: letter
        }
    }

    /// A text's letters for comparing: folded, look-alikes joined, signs and spaces left out.
    public static func comparable(_ text: String) -> [UInt32] {
        text.unicodeScalars.flatMap(plain).map(lookAlike)
    }

    /// A text in lower case without accents, words separated by one space.
    public static func words(_ text: String) -> [String] {
        var words: [String] = []
        var current = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let letters = plain(scalar)
            if letters.isEmpty, !current.isEmpty {
                words.append(String(current))
                current = String.UnicodeScalarView()
            }
            for letter in letters {
                if let letter = Unicode.Scalar(letter) { current.append(letter) }
            }
        }
        if !current.isEmpty { words.append(String(current)) }
        return words
    }

    /// Whether words of this script are written without spaces between them.
    public static func isIdeograph(_ value: UInt32) -> Bool {
        (0x2E80...0x9FFF).contains(value) || (0xF900...0xFAFF).contains(value)
            || (0x20000...0x3FFFF).contains(value)
    }

    private static let accented: [UInt32: [UInt32]] = {
        let groups: [(String, String)] = [
            ("a", "àáâãäåāăąÀÁÂÃÄÅĀĂĄªǎ"), ("ae", "æÆǽ"), ("c", "çćĉċčÇĆĈĊČ"), ("d", "ďđðĎĐÐ"),
            ("e", "èéêëēĕėęěÈÉÊËĒĔĖĘĚ"), ("g", "ĝğġģĜĞĠĢ"), ("h", "ĥħĤĦ"),
            ("i", "ìíîïĩīĭįıÌÍÎÏĨĪĬĮİ"),
            ("j", "ĵĴ"), ("k", "ķĶ"), ("l", "ĺļľŀłĹĻĽĿŁ"), ("n", "ñńņňÑŃŅŇ"),
            ("o", "òóôõöøōŏőÒÓÔÕÖØŌŎŐº"), ("oe", "œŒ"), ("r", "ŕŗřŔŖŘ"), ("s", "śŝşšŚŜŞŠ"),
            ("ss", "ßẞ"), ("t", "ţťŧŢŤŦ"), ("u", "ùúûüũūŭůűųÙÚÛÜŨŪŬŮŰŲ"), ("w", "ŵŴ"),
            ("y", "ýÿŷÝŸŶ"),
            ("z", "źżžŹŻŽ"), ("fi", "ﬁ"), ("fl", "ﬂ"),
        ]
        var table: [UInt32: [UInt32]] = [:]
        for (plain, letters) in groups {
            for letter in letters.unicodeScalars {
                table[letter.value] = plain.unicodeScalars.map(\.value)
            }
        }
        return table
    }()
}
