/// Words that addresses are made of, folded: what a misread word of an address can only have been.
///
/// States, large towns, words of streets, quarters, floors and buildings, by region. To be extended here.
enum PlaceWords {
    /// The words of each region, those of one language together.
    static let regions: [Set<String>] = [malay, english, german, romance, northern].map {
        words($0)
    }

    /// States, provinces and their names of honour, which end an address and are no firms.
    static let states: Set<String> = words(
        """
        selangor johor melaka malacca perak pahang kedah kelantan terengganu perlis sabah sarawak penang
        putrajaya labuan wilayah persekutuan darul ehsan takzim ridzuan makmur aman naim iman khusus
        malaysia singapore california texas florida illinois ohio bayern hessen sachsen niedersachsen
        deutschland germany osterreich austria schweiz suisse france espana norge nederland
        """
    )

    private static let malay = """
        selangor johor melaka perak pahang kedah kelantan terengganu perlis sabah sarawak penang putrajaya
        labuan wilayah persekutuan darul ehsan takzim ridzuan makmur malaysia singapore singapura
        kuala lumpur petaling jaya shah alam klang subang kajang ampang cheras puchong rawang kepong serdang
        kembangan seri bangi cyberjaya damansara setapak sentul segambut gombak selayang bangsar sungai
        sungei buloh puncak semenyih nilai seremban negeri sembilan bahru bharu kota batu pahat muar kluang
        skudai masai pasir gudang ipoh taiping manjung pulau pinang georgetown butterworth bukit mertajam
        alor setar kuantan temerloh kinabalu sandakan tawau kuching miri sibu bintulu balakong
        jalan lorong taman lebuh lebuhraya persiaran lingkaran kampung kampong desa bandar pekan pusat
        kawasan perindustrian industri perdagangan perniagaan komersial niaga seksyen tingkat bawah
        bangunan kompleks plaza wisma menara rumah kedai baru baharu lama besar kecil utama indah permai
        perdana murni setia sentosa bahagia timur barat utara selatan tengah simpang tanjung tanjong
        padang pantai teluk telok ujung ujong batang parit hulu kuala raya mutiara emas intan delima
        saujana kiara gasing pinggir lembah teknologi sains medan laman dataran jati meranti
        merah putih hijau hitam biru kuning bunga melati mawar cempaka kenanga melur orkid
        sultan tunku datuk dato raja laksamana abdullah ismail rahman razak
        """
    private static let english = """
        street road avenue boulevard lane drive highway court square parkway place terrace crescent close
        circle plaza building floor ground level block suite unit center centre central mall park lower
        industrial estate business city town village north south east west upper main shopping complex
        california texas florida illinois ohio georgia michigan virginia washington oregon arizona colorado
        nevada massachusetts pennsylvania maryland minnesota wisconsin indiana missouri tennessee louisiana
        york angeles chicago houston phoenix philadelphia antonio diego dallas austin jacksonville columbus
        charlotte francisco seattle denver boston nashville vegas portland atlanta miami orlando sacramento
        london manchester birmingham glasgow edinburgh liverpool leeds bristol dublin
        """
    private static let german = """
        strasse platz allee gasse damm ufer ring markt bahnhof bahnhofstrasse hauptstrasse kirchstrasse
        schulstrasse gartenstrasse marktplatz industriestrasse postfach bayern hessen sachsen
        niedersachsen thuringen brandenburg saarland deutschland osterreich schweiz
        berlin hamburg munchen koln frankfurt stuttgart dusseldorf dortmund essen leipzig bremen dresden
        hannover nurnberg duisburg bochum wuppertal bielefeld bonn munster karlsruhe mannheim augsburg
        wiesbaden wien graz linz salzburg innsbruck zurich genf basel bern lausanne luzern
        """
    private static let romance = """
        avenue boulevard place chemin route quai impasse allee cours centre commercial cedex france
        paris marseille lyon toulouse nantes strasbourg bordeaux lille rennes
        calle avenida plaza paseo carrer ronda centro comercial espana
        madrid barcelona valencia sevilla zaragoza malaga bilbao
        """
    private static let northern = """
        gate veien vegen torget plass postboks norge oslo bergen trondheim stavanger
        straat laan plein kade gracht weg nederland amsterdam rotterdam utrecht eindhoven
        """

    private static func words(_ text: String) -> Set<String> {
        Set(text.split(whereSeparator: \.isWhitespace).map(String.init))
    }
}
