/// The words of a row taken apart into what days are made of: numbers, letters and signs.
struct DatePieces {
    /// A run of like signs in the row.
    enum Piece {
        case number(value: Int, digits: Int)
        case letters(String)
        case sign(UInt32)
        case space
    }

    struct Element {
        let piece: Piece
        let word: Int
        /// The letters that were taken as digits in its word.
        let slips: Int
        /// As printed.
        let text: String
    }

    let elements: [Element]

    /// Longest word that can hold a day.
    private static let longestWord = 40

    /// Takes a row's words apart.
    init(_ row: PageRow) {
        var elements: [Element] = []
        for (index, word) in row.words.enumerated() {
            if index > 0 {
                elements.append(Element(piece: .space, word: index, slips: 0, text: " "))
            }
            guard word.scalars.count <= Self.longestWord else {
                elements.append(Element(piece: .letters(""), word: index, slips: 0, text: ""))
                continue
            }
            Self.split(word, index: index, into: &elements)
        }
        self.elements = elements
    }

    // MARK: Taking words apart

    private static func split(_ word: PageWord, index: Int, into elements: inout [Element]) {
        let printed = word.scalars
        var scalars = word.scalars
        var slips = 0
        // l2/O3/2018: letters between digits and separators only.
        let separators = scalars.count { "-/.".unicodeScalars.contains($0) }
        if word.digitCount >= 3, word.letterCount > 0, word.letterCount <= 3, separators >= 2 {
            for place in scalars.indices {
                guard let digit = digit(for: scalars[place]), standsAmongDigits(scalars, place)
                else { continue }
                scalars[place] = digit
                slips += 1
            }
        }
        var place = 0
        while place < scalars.count {
            let start = place
            let isMisread = place > 0 && isLetter(scalars[place]) && isLetter(scalars[place - 1])
            if isMisread { scalars[place] = "1"; slips += 1 }
            if isDigit(scalars[place]) {
                var value = 0
                while place < scalars.count, isDigit(scalars[place]) {
                    value = min(value * 10 + Int(scalars[place].value - 0x30), 1_000_000_000)
                    place += 1
                }
                elements.append(
                    Element(
                        piece: .number(value: value, digits: place - start),
                        word: index,
                        slips: slips,
                        text: text(printed[start..<place])
                    )
                )
            } else if isLetter(scalars[place]) {
                while place < scalars.count, isLetter(scalars[place]) { place += 1 }
                if let end = monthBeforeMisreadDigit(scalars, start..<place) { place = end }
                var folded = String.UnicodeScalarView()
                for scalar in scalars[start..<place] {
                    for letter in FoldedLetters.plain(scalar) {
                        if let letter = Unicode.Scalar(letter) { folded.append(letter) }
                    }
                }
                elements.append(
                    Element(
                        piece: .letters(String(folded)),
                        word: index,
                        slips: 0,
                        text: text(printed[start..<place])
                    )
                )
            } else {
                // Dashes of all lengths and ideographs of the date are signs.
                let value = scalars[place].value
                let isDash = (0x2010...0x2015).contains(value) || value == 0x2212
                elements.append(
                    Element(
                        piece: .sign(isDash ? 0x2D : value),
                        word: index,
                        slips: 0,
                        text: text(printed[place...place])
                    )
                )
                place += 1
            }
        }
    }

    /// The end of a month's name in `Augt7`, where the first digit of the day was read as a letter; nil elsewhere.
    private static func monthBeforeMisreadDigit(
        _ scalars: [Unicode.Scalar],
        _ range: Range<Int>
    ) -> Int? {
        guard range.count > 3, range.upperBound < scalars.count, isDigit(scalars[range.upperBound]),
            "tlI|i".unicodeScalars.contains(scalars[range.upperBound - 1])
        else { return nil }
        let name = FoldedLetters.words(text(scalars[range.dropLast()])).joined()
        return MonthNames.month(name) == nil ? nil : range.upperBound - 1
    }

    private static func text(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        String(String.UnicodeScalarView(scalars))
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        (0x30...0x39).contains(scalar.value)
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic && !FoldedLetters.isIdeograph(scalar.value)
    }

    private static func digit(for scalar: Unicode.Scalar) -> Unicode.Scalar? {
        switch scalar {
        case "O", "o", "Q", "D": "0"
        case "l", "I", "|", "i": "1"
        case "S": "5"
        case "B": "8"
        case "Z": "2"
        default: nil
        }
    }

    private static func standsAmongDigits(_ scalars: [Unicode.Scalar], _ place: Int) -> Bool {
        func isFitting(_ index: Int) -> Bool {
            guard scalars.indices.contains(index) else { return true }
            return isDigit(scalars[index]) || "-/.".unicodeScalars.contains(scalars[index])
                || digit(for: scalars[index]) != nil
        }
        return isFitting(place - 1) && isFitting(place + 1)
    }

    // MARK: Asking what stands where

    func number(_ index: Int) -> (value: Int, digits: Int)? {
        guard index < elements.count, case .number(let value, let digits) = elements[index].piece
        else { return nil }
        return (value, digits)
    }

    func sign(_ index: Int) -> UInt32? {
        guard index >= 0, index < elements.count, case .sign(let sign) = elements[index].piece
        else { return nil }
        return sign
    }

    func isSpace(_ index: Int) -> Bool {
        guard index < elements.count, case .space = elements[index].piece else { return false }
        return true
    }

    func letters(_ index: Int) -> String? {
        guard index < elements.count, case .letters(let word) = elements[index].piece else {
            return nil
        }
        return word
    }

    func month(_ index: Int) -> Int? {
        guard index < elements.count, case .letters(let word) = elements[index].piece else {
            return nil
        }
        return MonthNames.month(word)
    }

    func romanMonth(_ index: Int) -> Int? {
        guard index < elements.count, case .letters(let word) = elements[index].piece else {
            return nil
        }
        return MonthNames.roman(word)
    }

    /// Skips a separator with spaces around it; returns its sign and the next place.
    func separator(at index: Int, among signs: [UInt32]) -> (sign: UInt32, next: Int)? {
        var next = index
        if isSpace(next) { next += 1 }
        guard let sign = sign(next), signs.contains(sign) else { return nil }
        next += 1
        if isSpace(next) { next += 1 }
        return (sign, next)
    }

    /// Skips up to three spaces and signs that may stand between a month's name and numbers.
    func skippingFiller(_ index: Int) -> Int {
        var next = index
        for _ in 0..<3 {
            if isSpace(next) {
                next += 1
            } else if let sign = sign(next),
                [0x2D, 0x2F, 0x2E, 0x2C, 0x27, 0x2019, 0xB4, 0x60].contains(sign)
            {
                next += 1
            } else {
                break
            }
        }
        return next
    }

    /// Skips the ending of an ordinal: 3rd, 21st, 1er.
    func skippingOrdinal(_ index: Int) -> Int {
        guard index < elements.count, case .letters(let word) = elements[index].piece else {
            return index
        }
        return ["st", "nd", "rd", "th", "er", "e", "eme"].contains(word) ? index + 1 : index
    }

    func skippingOf(_ index: Int) -> Int {
        guard index < elements.count, case .letters(let word) = elements[index].piece else {
            return index
        }
        return ["de", "of", "del"].contains(word) ? skippingFiller(index + 1) : index
    }

    func isCleanStart(_ index: Int) -> Bool {
        guard index > 0 else { return true }
        switch elements[index - 1].piece {
        case .number: return false
        case .letters(let word):
            return word.count > 3 || month(index - 1) != nil || word == "dt" || word == "t"
        case .sign(let sign):
            guard [0x2D, 0x2F, 0x2E].contains(sign), index > 1 else { return true }
            if case .number = elements[index - 2].piece { return false }
            return true
        case .space: return true
        }
    }

    func isCleanEnd(_ index: Int) -> Bool {
        guard index < elements.count else { return true }
        switch elements[index].piece {
        case .number: return false
        case .sign(let sign):
            return !([0x2D, 0x2F, 0x2E].contains(sign) && number(index + 1) != nil)
        case .letters, .space: return true
        }
    }
}
