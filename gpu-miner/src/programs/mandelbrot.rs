//! Renders a part of the Mandelbrot set, the same to the last byte on every machine, so that the buyer can recompute it.
//!
//! All arithmetic is on integers that stand for multiples of 2^-56: a product is `(a · b) >> 56`, rounded down. With
//! `p` the span and `w` and `h` the size in pixels, the point of pixel (x, y) is
//! `re − p/2 + p·x/w  +  i · (im + p·h/w/2 − p·y/w)`, every division rounded towards zero.
//! From z = 0, `z ← z² + c` is repeated until |z|² > 4 or `max_iterations` times; a pixel whose n-th z is the first
//! beyond is coloured `(9n, 5n + 40, 3n + 90)` modulo 256, and one that never leaves is black.
//!
//! ```json
//! { "width": 640, "height": 480, "max_iterations": 256, "re": "-0.75", "im": "0", "span": "3", "format": "ppm" }
//! ```
//! `format` is `ppm` (binary, P6; the default) or `png` (8 bits a channel, uncompressed).

use super::ProgramError;
use serde::Deserialize;

/// The program's name.
pub const NAME: &str = "mandelbrot";

/// Bits behind the point.
const FRACTION: u32 = 56;
/// The largest picture, pixels. It fits the default output limit in either format.
const MAX_PIXELS: u64 = 1 << 26;
/// The most iterations for one pixel.
const MAX_ITERATIONS: u32 = 1 << 20;

/// What is to be rendered. Decimal numbers are strings, because JSON's own are rounded differently by different readers.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
	width: u32,
	height: u32,
	max_iterations: u32,
	#[serde(default = "default_re")]
	re: String,
	#[serde(default = "default_im")]
	im: String,
	#[serde(default = "default_span")]
	span: String,
	#[serde(default)]
	format: Format,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Format {
	#[default]
	Ppm,
	Png,
}

fn default_re() -> String {
	"-0.75".into()
}

fn default_im() -> String {
	"0".into()
}

fn default_span() -> String {
	"3".into()
}

/// Renders what `input` (JSON) asks for: the file's name and its bytes.
///
/// # Errors
/// [`ProgramError::Input`].
pub fn run(input: &[u8]) -> Result<(&'static str, Vec<u8>), ProgramError> {
	let input: Input = serde_json::from_slice(input).map_err(|error| ProgramError::Input(error.to_string()))?;
	let pixels = u64::from(input.width) * u64::from(input.height);
	if pixels == 0 || pixels > MAX_PIXELS {
		return Err(ProgramError::Input(format!("width · height must be 1 to {MAX_PIXELS}")));
	}
	if input.max_iterations == 0 || input.max_iterations > MAX_ITERATIONS {
		return Err(ProgramError::Input(format!("max_iterations must be 1 to {MAX_ITERATIONS}")));
	}
	let re = parse_fixed(&input.re)?;
	let im = parse_fixed(&input.im)?;
	let span = parse_fixed(&input.span)?;
	if span <= 0 {
		return Err(ProgramError::Input("span must be above 0".into()));
	}

	let (width, height) = (i128::from(input.width), i128::from(input.height));
	let (span, left) = (i128::from(span), i128::from(re) - i128::from(span) / 2);
	let top = i128::from(im) + span * height / width / 2;
	// Whatever lies farther out than this is beyond 2 at the first step, and its square would not fit.
	let bound = 8i128 << FRACTION;
	let mut rgb = Vec::with_capacity(pixels as usize * 3);
	for y in 0..height {
		let c_im = (top - span * y / width).clamp(-bound, bound);
		for x in 0..width {
			let c_re = (left + span * x / width).clamp(-bound, bound);
			rgb.extend(colour(escape(c_re, c_im, input.max_iterations)));
		}
	}
	Ok(match input.format {
		Format::Ppm => {
			let mut file = format!("P6\n{width} {height}\n255\n").into_bytes();
			file.extend(rgb);
			("mandelbrot.ppm", file)
		}
		Format::Png => ("mandelbrot.png", png(input.width, input.height, &rgb)),
	})
}

/// The first n for which |z_n|² > 4, or `None` if there is none up to `max`.
fn escape(c_re: i128, c_im: i128, max: u32) -> Option<u32> {
	let four = 4i128 << FRACTION;
	let (mut re, mut im) = (0i128, 0i128);
	for n in 1..=max {
		let next_re = ((re * re) >> FRACTION) - ((im * im) >> FRACTION) + c_re;
		let next_im = ((2 * re * im) >> FRACTION) + c_im;
		(re, im) = (next_re, next_im);
		if ((re * re) >> FRACTION) + ((im * im) >> FRACTION) > four {
			return Some(n);
		}
	}
	None
}

fn colour(escape: Option<u32>) -> [u8; 3] {
	match escape {
		None => [0, 0, 0],
		Some(n) => [9u32.wrapping_mul(n) as u8, (5u32.wrapping_mul(n) + 40) as u8, (3u32.wrapping_mul(n) + 90) as u8],
	}
}

/// A decimal number as a multiple of 2^-56, rounded towards zero.
fn parse_fixed(text: &str) -> Result<i64, ProgramError> {
	let bad =
		|| ProgramError::Input(format!("`{text}` is not a decimal number between -64 and 64 with up to 17 decimals"));
	let (negative, digits) = match text.strip_prefix('-') {
		Some(rest) => (true, rest),
		None => (false, text),
	};
	let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
	let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
	if whole.is_empty() || whole.len() > 2 || fraction.len() > 17 || !all_digits(whole) || !all_digits(fraction) {
		return Err(bad());
	}
	let mantissa: i128 = format!("{whole}{fraction}").parse().map_err(|_| bad())?;
	let scaled = (mantissa << FRACTION) / 10i128.pow(fraction.len() as u32);
	if scaled > 64i128 << FRACTION {
		return Err(bad());
	}
	let value = scaled as i64;
	Ok(if negative { -value } else { value })
}

/// A PNG file with 8 bits a channel. Uncompressed, so that its bytes depend on no library's version.
fn png(width: u32, height: u32, rgb: &[u8]) -> Vec<u8> {
	let mut raw = Vec::with_capacity(rgb.len() + height as usize);
	for line in rgb.chunks(width as usize * 3) {
		raw.push(0); // no filter
		raw.extend(line);
	}
	let mut zlib = vec![0x78, 0x01];
	let blocks = raw.chunks(0xffff).count();
	for (i, block) in raw.chunks(0xffff).enumerate() {
		zlib.push(u8::from(i + 1 == blocks));
		zlib.extend((block.len() as u16).to_le_bytes());
		zlib.extend((!(block.len() as u16)).to_le_bytes());
		zlib.extend(block);
	}
	zlib.extend(adler32(&raw).to_be_bytes());

	let mut header = Vec::new();
	header.extend(width.to_be_bytes());
	header.extend(height.to_be_bytes());
	header.extend([8, 2, 0, 0, 0]); // 8 bits, RGB, deflate, no filter method but 0, not interlaced
	let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
	for (kind, data) in [(b"IHDR", &header[..]), (b"IDAT", &zlib), (b"IEND", &[])] {
		file.extend((data.len() as u32).to_be_bytes());
		let start = file.len();
		file.extend(kind);
		file.extend(data);
		let checksum = crc32(&file[start..]);
		file.extend(checksum.to_be_bytes());
	}
	file
}

fn adler32(bytes: &[u8]) -> u32 {
	let (mut a, mut b) = (1u32, 0u32);
	for byte in bytes {
		a = (a + u32::from(*byte)) % 65_521;
		b = (b + a) % 65_521;
	}
	b << 16 | a
}

fn crc32(bytes: &[u8]) -> u32 {
	let table: [u32; 256] = std::array::from_fn(|i| {
		(0..8).fold(i as u32, |value, _| if value & 1 == 1 { 0xedb8_8320 ^ (value >> 1) } else { value >> 1 })
	});
	!bytes.iter().fold(!0, |crc: u32, byte| table[((crc ^ u32::from(*byte)) & 0xff) as usize] ^ (crc >> 8))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn render(json: &str) -> Vec<u8> {
		run(json.as_bytes()).unwrap().1
	}

	#[test]
	fn checksums_match_their_known_answers() {
		assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
		assert_eq!(adler32(b"Wikipedia"), 0x11e6_0398);
	}

	#[test]
	fn decimals_are_exact() {
		assert_eq!(parse_fixed("1").unwrap(), 1 << 56);
		assert_eq!(parse_fixed("-0.75").unwrap(), -(3 << 54));
		assert_eq!(parse_fixed("64").unwrap(), 64 << 56);
		for bad in ["", "-", ".5", "1e2", "64.1", "100", "0.123456789012345678", "+1", "--1"] {
			assert!(parse_fixed(bad).is_err(), "{bad}");
		}
	}

	#[test]
	fn points_of_the_set_stay_and_others_leave() {
		let one = 1i128 << FRACTION;
		assert_eq!(escape(0, 0, 10_000), None);
		assert_eq!(escape(-one, 0, 10_000), None, "the period-2 bulb");
		assert_eq!(escape(one, 0, 100), Some(3), "0, 1, 2, 5");
		assert_eq!(escape(3 * one, 0, 100), Some(1));
		assert_eq!(escape(0, 2 * one, 100), Some(2), "2i is on the edge, −4 + 2i beyond");
	}

	#[test]
	fn a_picture_is_symmetric_about_the_real_axis() {
		// With an odd number of lines 0 is not hit exactly, so the lines are compared around the middle one.
		let file = render(r#"{"width": 64, "height": 64, "max_iterations": 100}"#);
		assert!(file.starts_with(b"P6\n64 64\n255\n"));
		let pixels = &file[13..];
		assert_eq!(pixels.len(), 64 * 64 * 3);
		let line = |y: usize| &pixels[y * 192..(y + 1) * 192];
		for y in 1..32 {
			assert_eq!(line(32 - y), line(32 + y), "lines {y} from the axis");
		}
		assert!(pixels.chunks(3).any(|pixel| pixel == [0, 0, 0]));
	}

	#[test]
	fn the_result_never_changes() {
		let input =
			r#"{"width": 32, "height": 24, "max_iterations": 200, "re": "-0.743", "im": "0.1", "span": "0.05"}"#;
		assert_eq!(hex::encode(crate::store::content_hash(&render(input))), KNOWN_PPM);
	}

	/// Recomputed by an independent program in another language.
	const KNOWN_PPM: &str = "793f020e6024fb73a596a859779a4bb18b02fb26b5d4933f4152ee05b47fb40a";

	#[test]
	fn a_png_has_its_parts() {
		let file = render(r#"{"width": 300, "height": 200, "max_iterations": 20, "format": "png"}"#);
		assert!(file.starts_with(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\x2c\0\0\0\xc8\x08\x02"));
		assert!(file.ends_with(b"\0\0\0\0IEND\xae\x42\x60\x82"));
		let raw = 300 * 200 * 3 + 200;
		assert_eq!(file.len(), 8 + 25 + 12 + 2 + 4 + raw + 5 * (raw as f64 / 65_535.0).ceil() as usize + 12);
	}

	#[test]
	fn senseless_input_is_refused() {
		for bad in [
			"{}",
			r#"{"width": 0, "height": 1, "max_iterations": 1}"#,
			r#"{"width": 65536, "height": 65536, "max_iterations": 1}"#,
			r#"{"width": 1, "height": 1, "max_iterations": 0}"#,
			r#"{"width": 1, "height": 1, "max_iterations": 1, "span": "0"}"#,
			r#"{"width": 1, "height": 1, "max_iterations": 1, "span": "-1"}"#,
			r#"{"width": 1, "height": 1, "max_iterations": 1, "colour": "red"}"#,
			r#"{"width": 1, "height": 1, "max_iterations": 1, "re": -0.5}"#,
		] {
			assert!(matches!(run(bad.as_bytes()), Err(ProgramError::Input(_))), "{bad}");
		}
	}

	#[test]
	fn far_away_points_do_not_overflow() {
		render(r#"{"width": 4, "height": 4, "max_iterations": 50, "re": "-64", "im": "64", "span": "64"}"#);
	}
}
