/// The names of the months and how they are cut short, without accents, in lower case.
enum MonthNames {
    /// The month, 1 to 12, that a folded word names.
    static func month(_ word: String) -> Int? {
        if let month = names[word] { return month }
        return nil
    }

    /// The month that a Roman numeral names: `12.IV.2018`.
    static func roman(_ word: String) -> Int? {
        ["i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"]
            .firstIndex(of: word).map { $0 + 1 }
    }

    /// The month that a damaged word names: look-alike letters, or one wrong letter of five or more.
    static func damaged(_ word: String) -> Int? {
        let letters = FoldedLetters.comparable(word)
        guard (3...10).contains(letters.count) else { return nil }
        var months: Set<Int> = []
        for (name, month) in names {
            let other = FoldedLetters.comparable(name)
            guard other.count == letters.count else { continue }
            let wrong = zip(letters, other).count { $0 != $1 }
            if wrong == 0 { return month }
            if wrong == 1, letters.count >= 5 { months.insert(month) }
        }
        return months.count == 1 ? months.first : nil
    }

    private static let names: [String: Int] = {
        let table = [
            "january jan janvier janv enero ene januar janner jaenner januari 1月",
            "february feb febr februar fevrier fevr fev febrero februari",
            "march mar marz maerz mrz mars marzo maart mrt mae",
            "april apr avril avr abril abr",
            "may mai mayo mei",
            "june jun juni juin junio",
            "july jul juli juillet juil julio",
            "august aug aout aou agosto ago augustus",
            "september sep sept septembre septiembre setiembre set septemb",
            "october oct oktober okt octobre octubre",
            "november nov novembre noviembre",
            "december dec dezember dez decembre diciembre dic desember des",
        ]
        var names: [String: Int] = [:]
        for (index, words) in table.enumerated() {
            for word in words.split(separator: " ") { names[String(word)] = index + 1 }
        }
        return names
    }()
}
