internal import Imaging
internal import Jobs
internal import Sandbox

extension PDFFacts {
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
