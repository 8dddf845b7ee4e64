internal import Jobs

/// What `pdfinfo` says of a PDF.
struct PDFFacts: Hashable, Sendable {
    /// Size of one page in points, as it is displayed.
    struct PageSize: Hashable, Sendable {
        var width: Double
        var height: Double
    }

    var pageCount: Int
    var pageSizes: [Int: PageSize]

    /// Reads what `pdfinfo -f 1 -l N` prints.
    ///
    /// - Parameter output: the lines; they may hold anything that a document's title holds.
    /// - Returns: the facts; nil when the count of pages is not among them.
    static func parse(_ output: String) -> PDFFacts? {
        var pageCount: Int?
        var sizes: [Int: PageSize] = [:]
        var turns: [Int: Int] = [:]
        for line in output.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            if line.hasPrefix("Pages:"), words.count == 2 {
                pageCount = Int(words[1])
            } else if line.hasPrefix("Page "), words.count >= 6, words[2] == "size:",
                words[4] == "x",
                let number = Int(words[1]), let width = Double(words[3]),
                let height = Double(words[5]), width > 0, height > 0,
                width.isFinite, height.isFinite
            {
                sizes[number] = PageSize(width: width, height: height)
            } else if line.hasPrefix("Page "), words.count == 4, words[2] == "rot:",
                let number = Int(words[1])
            {
                turns[number] = Int(words[3])
            }
        }
        guard let pageCount, pageCount >= 0 else { return nil }
        for (number, turn) in turns where turn % 180 != 0 {
            if let size = sizes[number] {
                sizes[number] = PageSize(width: size.height, height: size.width)
            }
        }
        return PDFFacts(pageCount: pageCount, pageSizes: sizes)
    }

    /// Why poppler refused a document, from its messages.
    ///
    /// - Parameter messages: what it wrote to standard error.
    /// - Returns: the failure.
    static func refusal(_ messages: String) -> JobFailure {
        if messages.contains("Incorrect password") || messages.contains("password") {
            return JobFailure(.encrypted, "the PDF asks for a password")
        }
        if messages.contains("unsupported") && messages.contains("ncrypt") {
            return JobFailure(
                .encrypted,
                "the PDF is encrypted in a way that poppler does not know"
            )
        }
        let last = messages.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
        return JobFailure(
            .corrupt,
            last.isEmpty ? "poppler cannot read the PDF" : PlainLine.of(last)
        )
    }
}

/// One picture on a PDF page, as `pdfimages -list` prints it.
struct PagePicture: Hashable, Sendable {
    var page: Int
    var widthInPoints: Double
    var heightInPoints: Double

    /// Reads what `pdfimages -list` prints; masks and stencils are no pictures of their own.
    static func parse(_ output: String) -> [PagePicture] {
        output.split(whereSeparator: \.isNewline).compactMap { line in
            // page num type width height color comp bpc enc interp object ID x-ppi y-ppi size ratio
            let columns = line.split(separator: " ")
            guard columns.count >= 14, let page = Int(columns[0]), Int(columns[1]) != nil,
                columns[2] == "image" || columns[2] == "stencil",
                let width = Double(columns[3]), let height = Double(columns[4])
            else { return nil }
            // Inline pictures have "[inline]" in place of two columns.
            let offset = columns[10] == "[inline]" ? 11 : 12
            guard columns.count > offset + 1, let xResolution = Double(columns[offset]),
                let yResolution = Double(columns[offset + 1]), xResolution > 0, yResolution > 0
            else { return nil }
            return PagePicture(
                page: page,
                widthInPoints: width / xResolution * 72,
                heightInPoints: height / yResolution * 72
            )
        }
    }
}

/// Text from outside made fit for a message.
enum PlainLine {
    /// One line without control characters, of at most 300 characters.
    static func of(_ text: some StringProtocol) -> String {
        let scalars = text.unicodeScalars.prefix(1200).map { scalar -> Unicode.Scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: " "
            default: scalar
            }
        }
        let line = String(String.UnicodeScalarView(scalars))
            .split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return line.count > 300 ? line.prefix(299) + "…" : line
    }
}
