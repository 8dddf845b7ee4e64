import ArgumentParser

/// Pages as a person names them: `3` or `2-5`.
struct PageRange: ExpressibleByArgument, Equatable {
    let pages: ClosedRange<Int>

    init?(argument: String) {
        let ends = argument.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard (1...2).contains(ends.count), let first = ends[0], let last = ends[ends.count - 1],
            first >= 1, last >= first
        else { return nil }
        pages = first...last
    }
}
