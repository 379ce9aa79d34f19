/**
 * What customers and agents of the demo talk about. `in` is the customer, `out` the agent; a turn may carry a picture, a voice
 * note, a place, a reaction to the turn before, or quote it. Gaps are minutes since the turn before.
 */
export interface Turn {
  from: 'in' | 'out'
  text: string
  afterMinutes: number
  kind?: 'text' | 'image' | 'voice' | 'document' | 'location' | 'reaction'
  quotesPrevious?: boolean
}

export interface Dialogue {
  language: 'en' | 'ar' | 'id'
  turns: readonly Turn[]
}

const customer = (text: string, afterMinutes = 2, extra: Partial<Turn> = {}): Turn => ({ from: 'in', text, afterMinutes, ...extra })
const agent = (text: string, afterMinutes = 4, extra: Partial<Turn> = {}): Turn => ({ from: 'out', text, afterMinutes, ...extra })

export const DIALOGUES: readonly Dialogue[] = [
  {
    language: 'id',
    turns: [
      customer('Selamat pagi kak, pesanan saya ORD-4821 sudah dikirim belum ya?'),
      agent('Selamat pagi! Sebentar ya, saya cek dulu.'),
      agent('Sudah dikirim kemarin sore. Perkiraan tiba besok sebelum jam 5.', 3),
      customer('Siap, makasih banyak kak 🙏', 1),
      customer('🙏', 1, { kind: 'reaction' }),
    ],
  },
  {
    language: 'id',
    turns: [
      customer('Kak, kopi Gayo 1 kg masih ada stok?'),
      agent('Masih ada! Biji atau bubuk?'),
      customer('Biji aja, untuk espresso. Bisa kirim hari ini?', 2),
      agent('Bisa, asal dipesan sebelum jam 2 siang. Ongkir ke Bandung Rp18.000.', 5),
    ],
  },
  {
    language: 'id',
    turns: [
      customer('Paketnya sampai tapi kemasannya sobek', 2),
      customer('Ini fotonya', 1, { kind: 'image' }),
      agent('Maaf sekali atas kejadian ini. Kami kirim pengganti hari ini juga, tanpa biaya.', 9, { quotesPrevious: true }),
      customer('Terima kasih responnya cepat 👍', 3),
    ],
  },
  {
    language: 'id',
    turns: [
      customer('Tokonya buka sampai jam berapa hari Minggu?'),
      agent('Hari Minggu kami buka 09.00–17.00 ya kak.'),
      customer('Lokasinya di mana?', 1),
      agent('Di sini ya kak', 1, { kind: 'location' }),
    ],
  },
  { language: 'id', turns: [customer('Saya salah isi alamat 😭 bisa diganti?'), customer('Harusnya Jl. Melati No. 12, bukan 21', 1)] },
  {
    language: 'id',
    turns: [
      customer('Halo, mau tanya soal langganan kopi bulanan', 3),
      agent('Halo! Ada tiga paket: 250 g, 500 g dan 1 kg per bulan. Mau saya kirim daftarnya?', 6),
      customer('Boleh', 1),
      agent('Daftar harga langganan.pdf', 2, { kind: 'document' }),
    ],
  },
  {
    language: 'id',
    turns: [
      customer('Bisa bayar pakai QRIS?'),
      agent('Bisa kak, QRIS dan transfer bank.', 2),
      customer('Ok saya transfer sekarang', 4),
      customer('Bukti transfer', 3, { kind: 'image' }),
    ],
  },
  {
    language: 'id',
    turns: [customer('Pesan suara', 2, { kind: 'voice' }), agent('Baik kak, sudah saya dengar. Pesanan kami jadwalkan hari Jumat.', 8)],
  },
  { language: 'id', turns: [customer('Kok belum ada kabar ya? Sudah 3 hari 😕')] },
  {
    language: 'id',
    turns: [
      customer('Invoice bulan ini tolong dikirim ke email kantor ya'),
      agent('Siap, sudah kami kirim ulang ke alamat yang terdaftar.', 12),
      customer('Sudah masuk. Terima kasih!', 20),
    ],
  },
  {
    language: 'ar',
    turns: [
      customer('السلام عليكم، أين وصلت شحنتي رقم 7741؟'),
      agent('وعليكم السلام، لحظة من فضلك أتحقق لك.'),
      agent('الشحنة خرجت للتوصيل وستصلك اليوم قبل السادسة مساءً.', 3),
      customer('شكراً جزيلاً 🌷', 1),
    ],
  },
  {
    language: 'ar',
    turns: [
      customer('مرحباً، هل يمكنني تغيير موعد التوصيل إلى يوم الخميس؟'),
      agent('بالتأكيد، هل يناسبك بين العاشرة والثانية عشرة؟', 5),
      customer('نعم مناسب جداً', 2),
      agent('تم تغيير الموعد إلى الخميس بين 10 و12.', 2),
    ],
  },
  {
    language: 'ar',
    turns: [
      customer('المنتج وصل مكسوراً للأسف'),
      customer('صورة المنتج', 1, { kind: 'image' }),
      agent('نعتذر عن ذلك. سنرسل لك بديلاً غداً دون أي تكلفة.', 7, { quotesPrevious: true }),
    ],
  },
  {
    language: 'ar',
    turns: [
      customer('كم سعر العلبة الكبيرة من التمر السكري؟'),
      agent('العلبة الكبيرة بـ 85 درهماً، والتوصيل مجاني لأكثر من علبتين.', 4),
      customer('أريد ثلاث علب', 2),
      agent('ممتاز، أرسل لي العنوان من فضلك.', 1),
      customer('هذا موقعي', 2, { kind: 'location' }),
    ],
  },
  { language: 'ar', turns: [customer('هل لديكم فرع في الشارقة؟')] },
  {
    language: 'ar',
    turns: [
      customer('أريد استرجاع المبلغ، الطلب تأخر كثيراً'),
      agent('أعتذر عن التأخير. بدأنا إجراءات الاسترجاع وسيصلك المبلغ خلال ثلاثة أيام عمل.', 15),
      customer('حسناً، أنتظر', 3),
    ],
  },
  { language: 'ar', turns: [customer('رسالة صوتية', 2, { kind: 'voice' }), agent('سمعت رسالتك، سأحوّل الطلب إلى قسم المبيعات حالاً.', 6)] },
  {
    language: 'ar',
    turns: [
      customer('الفاتورة فيها خطأ في الاسم'),
      agent('تم التصحيح، هذه الفاتورة الجديدة.', 18, { kind: 'document' }),
      customer('وصلت، شكراً', 5),
    ],
  },
  {
    language: 'en',
    turns: [
      customer('Hi, where is my order? It was meant to arrive on Tuesday.'),
      agent('Hi! Let me check that for you.', 2),
      agent('It was held at the depot overnight and is on the van now, due between 2 and 4 pm.', 3),
      customer('Perfect, thanks for the quick answer!', 1),
      customer('👍', 1, { kind: 'reaction' }),
    ],
  },
  {
    language: 'en',
    turns: [
      customer('Do you deliver to Northern Ireland?'),
      agent('We do. Two to three days, £4.50, free over £40.', 5),
      customer('Great. And can I add a gift note?', 2),
      agent('Of course: there is a field for it at checkout, up to 200 characters.', 4),
    ],
  },
  {
    language: 'en',
    turns: [
      customer('The grinder arrived with a crack in the lid'),
      customer('See the picture', 1, { kind: 'image' }),
      agent('So sorry about that. A new lid is going out today, no need to send the old one back.', 8, { quotesPrevious: true }),
      customer('Brilliant service, thank you', 6),
    ],
  },
  {
    language: 'en',
    turns: [
      customer('Can I change the address on order 10293?'),
      agent('Yes, it has not left us yet. What is the new address?', 3),
      customer('14 Harbour Street, flat 2', 2),
      agent('Done. You will get a fresh confirmation by email.', 2),
    ],
  },
  { language: 'en', turns: [customer('I was charged twice this month 😠'), customer('Both on the 3rd, £18.00', 1)] },
  {
    language: 'en',
    turns: [
      customer('What is the difference between the two subscriptions?'),
      agent('The smaller one is 250 g every two weeks, the larger 1 kg a month. Here is the comparison.', 7, { kind: 'document' }),
      customer('I will take the larger one', 11),
    ],
  },
  {
    language: 'en',
    turns: [
      customer('Voice message', 2, { kind: 'voice' }),
      agent('Got it, I have moved your booking to Saturday at ten.', 9),
      customer('Lovely, see you then', 4),
    ],
  },
  { language: 'en', turns: [customer('Is the Leeds shop open on bank holidays?')] },
  {
    language: 'en',
    turns: [
      customer('Any news on the refund?'),
      agent('It went out this morning. Banks usually take two working days to show it.', 25),
      customer('OK, I will keep an eye on it.', 8),
    ],
  },
]
