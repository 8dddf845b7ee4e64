internal import Glibc

/// Where a prepared picture's pixels lie on the page it was made from.
///
/// `x' = a·x + c·y + tx`, `y' = b·x + d·y + ty`, in pixels from the upper left corner.
public struct PageTransform: Hashable, Sendable {
    var a = 1.0
    var b = 0.0
    var c = 0.0
    var d = 1.0
    var tx = 0.0
    var ty = 0.0

    /// Every point stays where it is.
    public static let identity = PageTransform()

    /// The place on the page of a point in the prepared picture.
    public func point(x: Double, y: Double) -> (x: Double, y: Double) {
        (a * x + c * y + tx, b * x + d * y + ty)
    }

    /// The upright rectangle on the page around a box in the prepared picture.
    ///
    /// - Parameters:
    ///   - left: Left edge, in pixels of the prepared picture.
    ///   - top: Upper edge.
    ///   - right: Right edge, the first column outside.
    ///   - bottom: Lower edge, the first row outside.
    /// - Returns: The four edges in pixels of the page, to the nearest whole one.
    public func box(
        left: Int,
        top: Int,
        right: Int,
        bottom: Int
    ) -> (left: Int, top: Int, right: Int, bottom: Int) {
        let corners = [(left, top), (right, top), (left, bottom), (right, bottom)].map {
            point(x: Double($0.0), y: Double($0.1))
        }
        let x = corners.map(\.x).sorted()
        let y = corners.map(\.y).sorted()
        return (
            Int(x[0].rounded()), Int(y[0].rounded()), Int(x[3].rounded()), Int(y[3].rounded())
        )
    }

    /// The transform of a picture that was made from this one by a step whose inverse is `step`.
    func after(_ step: PageTransform) -> PageTransform {
        PageTransform(
            a: a * step.a + c * step.b,
            b: b * step.a + d * step.b,
            c: a * step.c + c * step.d,
            d: b * step.c + d * step.d,
            tx: a * step.tx + c * step.ty + tx,
            ty: b * step.tx + d * step.ty + ty
        )
    }

    /// From a picture turned clockwise by quarter turns back to one of this size.
    static func undoingTurns(_ turns: Int, width: Double, height: Double) -> PageTransform {
        switch ((turns % 4) + 4) % 4 {
        case 1: PageTransform(a: 0, b: -1, c: 1, d: 0, tx: 0, ty: height)
        case 2: PageTransform(a: -1, b: 0, c: 0, d: -1, tx: width, ty: height)
        case 3: PageTransform(a: 0, b: 1, c: -1, d: 0, tx: width, ty: 0)
        default: .identity
        }
    }

    /// From a picture rotated clockwise about its middle, and grown for it, back to its source.
    static func undoingRotation(
        radians: Double,
        from old: (width: Int, height: Int),
        to new: (width: Int, height: Int)
    ) -> PageTransform {
        let cosine = cos(radians)
        let sine = sin(radians)
        let middle = (x: Double(new.width) / 2, y: Double(new.height) / 2)
        return PageTransform(
            a: cosine,
            b: -sine,
            c: sine,
            d: cosine,
            tx: Double(old.width) / 2 - cosine * middle.x - sine * middle.y,
            ty: Double(old.height) / 2 + sine * middle.x - cosine * middle.y
        )
    }
}
