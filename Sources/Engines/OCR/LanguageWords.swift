/// The words by which a page's language is told: function words, and what stands on receipts, invoices and labels.
///
/// Without accents and in small letters, as a recogniser of another language reads them; of a language's words those
/// that several languages share count for each of them. A language is added by adding its row.
enum LanguageWords {
    /// Tesseract's name of the language and its words.
    static let table: [(language: String, words: String)] = [
        (
            "eng",
            """
            the and of to in is that for it with as was on be at by this are from or an which not have has had his her they
            their you your we our all one will would there been were when who its if no can may any out about into than only
            such please thank thanks come again total subtotal cash change tax amount date time invoice receipt bill number
            due paid payment balance price item items qty quantity discount sales customer cashier table server goods sold
            refund returnable exchange welcome shop store street road open daily tel phone round rounding rounded visa card
            credit debit approved copy description unit each best before serving ingredients contains store weight save off
            keep cool dry place made product company limited services charge delivery order page
            """
        ),
        (
            "deu",
            """
            der die das und den dem des ein eine einen einem einer ist von zu mit sich auf fur fuer fiir im nicht als auch es an
            werden aus er hat dass sie nach wird bei einem um am sind noch wie uber ueber so zum war haben nur oder aber vor zur
            bis mehr durch man sein wurde vielen dank ihren ihr ihre ihnen einkauf besuch summe gesamt gesamtbetrag betrag zahlen
            bar gegeben ruckgeld zuruck rueckgeld mwst must ust mehrwertsteuer steuer steuernummer netto brutto datum uhrzeit uhr
            beleg belegnr bon kasse kassenbon rechnung rechnungsnummer rechnungsdatum quittung kunde kunden kundennummer
            kundenbeleg kartenzahlung karte kreditkarte girocard filiale strasse strabe tel offnungszeiten artikel anzahl
            menge stuck stueck stk einzelpreis preis pfand rabatt zahlung bezahlung zahlbar bitte wir unsere unser ihnen wiedersehen
            auf lieferung versand frist tage innerhalb ohne zutaten kann spuren enthalten mindestens haltbar bis kuhl trocken lagern
            gultig ab herr frau gmbh handler apotheke backerei markt nahrwerte fett davon zucker eiweiss salz
            """
        ),
        (
            "fra",
            """
            le la les de des du un une et est en que qui dans pour par sur au aux avec ne pas plus ce cette ces son sa ses il
            elle ils nous vous votre vos notre nos sont ou mais comme tout tous etre fait avez ete leur leurs si sans se merci
            visite bientot total montant payer ttc ht tva dont rendu especes monnaie carte bancaire cb date heure facture recu
            ticket caisse caissier numero client prix quantite qte remise reduction article articles siret siren rue avenue
            ouvert lundi samedi dimanche euros regler reglement echeance livraison commande adresse telephone page ingredients
            peut contenir consommer avant conserver abri frais poids net kg piece lot matieres grasses sucres sel proteines
            bonjour revoir fidelite conditions societe jours mois
            """
        ),
        (
            "spa",
            """
            el la los las de del un una y es en que por para con no se su sus al lo como mas pero este esta estos estas fue ha
            son entre cuando muy sin sobre tambien hasta hay donde nos usted ustedes gracias visita vuelva pronto compra total
            importe suma subtotal efectivo cambio entregado iva base imponible cuota fecha hora factura recibo ticket numero nif
            cif cliente cajero cajera mesa camarero precio cantidad cant unidad unidades uds descuento articulo articulos tarjeta
            calle avenida plaza telefono tlf abierto incluido impuestos pagar pagado vencimiento entrega pedido direccion pagina
            ingredientes puede contener consumir preferentemente antes conservar lugar fresco seco peso neto lote grasas azucares
            sal proteinas dias mes
            """
        ),
        (
            "nor",
            """
            og i er det som en et av til pa for med har de at den ikke var vi du jeg kan skal vil fra om men eller ble blir
            sa dette disse seg sin sine ved etter over under vare deres takk velkommen tilbake kvittering kjop kjopet sum totalt
            betale betalt mva herav kontant kort bankkort veksel oresavrunding avrunding dato tid kl kr org nr foretaksregisteret
            butikk kasse kasserer ekspeditor antall pris stk rabatt medlem kunde faktura fakturanummer forfall forfallsdato
            belop kontonummer kid levering adresse telefon apningstider apent mandag lordag sondag gate vei veien side
            ingredienser inneholder spor best brukes oppbevares kjolig tort vekt naeringsinnhold fett sukker salt protein
            jmf pant pose vare varer pr enhet tilbud
            """
        ),
        (
            "dan",
            """
            og i er det som en et af til pa for med har de at den ikke var vi du jeg kan skal vil fra om men eller blev bliver
            sig sin ved efter over under vores deres tak velkommen igen kvittering kob kobt ialt total betale betalt moms heraf
            kontant kort dankort byttepenge afrunding dato tid kl kr cvr nr butik kasse ekspedient antal pris stk rabat kunde
            faktura fakturanummer forfaldsdato belob konto levering adresse telefon abningstider mandag lordag sondag gade vej
            side ingredienser indeholder spor holdbar opbevares koligt tort vaegt naeringsindhold fedt sukker salt protein besog
            """
        ),
        (
            "swe",
            """
            och i ar det som en ett av till pa for med har de att den inte var vi du jag kan ska vill fran om men eller blev
            sig sin vid efter over under var era tack valkommen ater kvitto kop kopet summa totalt betala betalt moms varav
            kontant kort kortkop vaxel oresavrundning avrundning datum tid kl kr org nr butik kassa kassor antal pris st rabatt
            medlem kund faktura fakturanummer forfallodatum belopp bankgiro leverans adress telefon oppettider mandag lordag
            sondag gata vag sida ingredienser innehaller spar bast fore forvaras svalt torrt vikt naringsvarde fett socker salt
            protein besok pant pase vara varor styck
            """
        ),
        (
            "nld",
            """
            de het een en van is dat op te in zijn voor met niet aan er om ook als maar bij uit dan nog naar door wordt worden
            heeft hebben die deze dit wij we u uw ons onze je jij kan geen meer tot over of zo bedankt dank bezoek graag ziens tot
            totaal bedrag betalen betaald btw exclusief inclusief contant wisselgeld pin pinnen kaart datum tijd uur bon bonnr
            kassa kassabon factuur factuurnummer factuurdatum klant klantnummer aantal prijs stuk stuks korting artikel artikelen
            straat weg plein telefoon openingstijden geopend maandag zaterdag zondag levering bestelling adres pagina
            ingredienten bevat sporen tenminste houdbaar bewaren koel droog gewicht voedingswaarde vetten waarvan suikers zout
            eiwitten klanten nieuwe bedrijf
            """
        ),
        (
            "ita",
            """
            il lo la i gli le di del della dei delle un una e che in per con non si su al alla da dal come piu ma anche sono
            era questo questa ha nel nella tra senza grazie arrivederci totale importo subtotale contanti contante resto iva
            imponibile imposta data ora fattura ricevuta scontrino documento commerciale numero cliente cassa cassiere operatore
            prezzo quantita pezzi sconto articolo carta pagamento pagato pagare complessivo euro partita via piazza telefono
            aperto scadenza consegna ordine indirizzo pagina ingredienti puo contenere consumarsi preferibilmente entro
            conservare luogo fresco asciutto peso netto lotto grassi zuccheri sale proteine giorni
            """
        ),
        (
            "por",
            """
            o a os as de do da dos das um uma e que em no na nos nas por para com nao se ao mais mas como foi este esta ser
            seu sua sem sobre tambem ate obrigado obrigada visita volte sempre total valor subtotal dinheiro troco iva taxa
            data hora fatura factura recibo talao numero cliente contribuinte nif caixa operador mesa preco quantidade qtd
            desconto artigo artigos cartao multibanco pagamento pago pagar rua avenida telefone aberto vencimento entrega
            encomenda morada pagina ingredientes pode conter consumir preferencia antes conservar local fresco seco peso
            liquido lote lipidos acucares sal proteinas dias
            """
        ),
        (
            "pol",
            """
            i w z na do nie sie jest to ze o od po za dla jak oraz przez przy ale lub ktory ktora jego tym byl ma pan pani
            dziekujemy zapraszamy ponownie paragon fiskalny niefiskalny suma razem zaplaty zaplacono gotowka reszta karta
            platnicza sprzedaz opodatkowana podatku podatek ptu vat kwota data czas godzina nip nabywcy sprzedawca nabywca
            faktura numer nr kasa kasjer cena ilosc szt rabat opust ulica ul telefon tel termin platnosci zamowienie adres
            strona skladniki moze zawierac najlepiej spozyc przed przechowywac chlodnym suchym miejscu masa netto brutto
            tluszcz cukry sol bialko rachunek rozliczenie
            """
        ),
        (
            "fin",
            """
            ja on ei se etta oli han mutta ovat kun niin joka myos tai kuin olla jos sen tama hanen mita mukaan voi vain
            kiitos kaynnista tervetuloa uudelleen kuitti yhteensa kateinen takaisin vaihtoraha alv vero veroton verollinen
            korttitapahtuma kortti veloitus paivays pvm aika klo lasku laskun numero nro asiakas kassa myyja hinta maara kpl
            alennus tuote katu puhelin puh avoinna erapaiva toimitus tilaus osoite sivu ainesosat saattaa sisaltaa parasta
            ennen sailytys viileassa kuivassa paino rasvaa sokereita suolaa proteiinia ravintosisalto
            """
        ),
    ]
}
