import FieldRules
import Records
import Testing

@Suite struct NameAndAddressTests {
    private func best(_ name: String, _ text: String) -> Candidate? {
        FieldFinder.candidates(
            for: FieldDefinition(name: name, type: .text),
            in: Pages.text(text)
        ).first
    }

    private let receipt = """
        TAX INVOICE
        BLUE LANTERN TRADING SDN BHD (123456-X)
        (CO REG : 750441-W)
        NO. 12, JALAN MELUR 3,
        TAMAN BAHAGIA,
        43300 SERI KEMBANGAN, SELANGOR
        TEL : 03-1234567
        INVOICE NO : 4711
        DATE 03/02/2018
        COFFEE 3.50
        TOTAL 3.50
        THANK YOU
        """

    @Test func `the name is the line with a legal form, without heading and register number`()
        throws
    {
        let name = try #require(best("merchant", receipt))
        #expect(name.content == .text("BLUE LANTERN TRADING SDN BHD"))
        #expect(name.reason.contains("legal form"))
        #expect(name.score > 0.7)
    }

    @Test func `the address is the lines under the name, up to the telephone number`() throws {
        let address = try #require(best("address", receipt))
        #expect(
            address.content
                == .text("NO. 12, JALAN MELUR 3, TAMAN BAHAGIA, 43300 SERI KEMBANGAN, SELANGOR")
        )
        #expect(address.evidence.map(\.box.y) == [3, 4, 5])
    }

    @Test(arguments: [
        (
            "Kassenbon\nBlumenhaus Rosengarten GmbH & Co. KG\nHauptstr. 5\n33100 Paderborn",
            "Blumenhaus Rosengarten GmbH & Co. KG", "Hauptstr. 5, 33100 Paderborn"
        ),
        (
            "Welcome to\nSunny Side Cafe\n12 Main Street\nSpringfield, CA 94538\n(415) 555-0100",
            "Sunny Side Cafe", "12 Main Street, Springfield, CA 94538"
        ),
        (
            "Invoice\nNorth Wind B.V.\nKade 5\n3012 AB Rotterdam\nIBAN NL91ABNA0417164300",
            "North Wind B.V.", "Kade 5, 3012 AB Rotterdam"
        ),
        (
            "HARBOUR FISH BAR\n1 Quayside\nSaltby SB9 3HH\nCod 8.20\nTOTAL 8.20",
            "HARBOUR FISH BAR", "1 Quayside, Saltby SB9 3HH"
        ),
        (
            "NORTHGATE CYCLES\n88 Northgate, Harrowby HB2 6TT\nReceipt 2211\nTOTAL 8.20",
            "NORTHGATE CYCLES", "88 Northgate, Harrowby HB2 6TT"
        ),
    ])
    func `names and addresses of other countries`(text: String, name: String, address: String) {
        #expect(best("company", text)?.content.plain == name)
        #expect(best("address", text)?.content.plain == address)
    }

    @Test func `a name set in two lines is put together`() {
        let text =
            "RED OAK HARDWARE\nENTERPRISE (WEST\nPARK) SDN BHD\nNO 3, JALAN SATU\n40000 SHAH ALAM"
        #expect(
            best("company", text)?.content.plain
                == "RED OAK HARDWARE ENTERPRISE (WEST PARK) SDN BHD"
        )
    }

    @Test func `the customer is not the merchant`() {
        let text = """
            Green Valley Ltd
            5 High Street
            Bill to:
            Big Customer Holdings Ltd
            Total 5.00
            """
        #expect(best("issuer", text)?.content.plain == "Green Valley Ltd")
    }

    @Test(arguments: ["", "TAX INVOICE\nThank you\nTotal 5.00", "12.50\n13.50\nTEL 03-12345678"])
    func `no name is better than a heading or a number`(text: String) {
        #expect(best("merchant", text) == nil)
        #expect(best("address", text) == nil)
    }

    @Test func `an address in Chinese has no spaces between its signs`() {
        let text = "青禾便利店\n云溪 市 河东路 18 号\n电话 0571-000000\n合计 12.00"
        #expect(best("address", text)?.content == .text("云溪市河东路 18 号"))
    }
}
