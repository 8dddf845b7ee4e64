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
