//! The CUDA driver.

use crate::{
	compile::Cache,
	kernels::Kernel,
	power::{Matrices, Table},
	Nvml,
};
use cudarc::{
	driver::{
		result, sys, CudaContext, CudaFunction, CudaSlice, CudaStream, DeviceRepr, DriverError, LaunchConfig,
		PinnedHostSlice, PushKernelArg,
	},
	nvrtc::Ptx,
};
use gpu_miner_engine::device::{
	Batch, Candidates, Device, DeviceInfo, Driver, Fault, MatrixDevice, Plan, TableDevice, Telemetry,
};
use std::{
	collections::VecDeque,
	panic::{catch_unwind, AssertUnwindSafe},
	sync::Arc,
};

/// Candidates that fit beside a batch.
const CAPACITY: usize = 4_096;
/// Batches that can be under way.
const BUFFERS: usize = 2;
/// Rows, and columns, of a whole batch of the matrix lottery: 1 GiB.
const ROWS: u32 = 1 << 16;
/// Fewer than these (64 MiB) are not tried: making them would take longer than multiplying them.
const FEWEST_ROWS: u32 = 1 << 12;

/// Why CUDA cannot be used here. Most machines have none: this is no fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoCuda {
	/// libcuda is not installed.
	NoDriver,
	/// It is, and does not start.
	Broken(String),
	/// It starts, and knows no device.
	NoDevice,
}

impl std::fmt::Display for NoCuda {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::NoDriver => f.write_str("no NVIDIA driver here: searching with the processor"),
			Self::Broken(why) => write!(f, "the NVIDIA driver does not start ({why}): searching with the processor"),
			Self::NoDevice => f.write_str("the NVIDIA driver has no device: searching with the processor"),
		}
	}
}

impl std::error::Error for NoCuda {}

/// The driver of NVIDIA's devices.
#[derive(Clone)]
pub struct Cuda {
	devices: Vec<DeviceInfo>,
	nvml: Nvml,
	cache: Cache,
}

/// Calls into a library that panics where it lacks a function.
pub(crate) fn guarded<R>(call: impl FnOnce() -> Result<R, Fault>) -> Result<R, Fault> {
	catch_unwind(AssertUnwindSafe(call))
		.unwrap_or_else(|_| Err(Fault::Lost("the installed driver lacks a function; update it".into())))
}

pub(crate) fn fault(error: DriverError) -> Fault {
	use sys::cudaError_enum as Code;
	let code = error.0;
	match code {
		Code::CUDA_ERROR_OUT_OF_MEMORY => Fault::OutOfMemory,
		Code::CUDA_ERROR_NO_BINARY_FOR_GPU
		| Code::CUDA_ERROR_INVALID_PTX
		| Code::CUDA_ERROR_UNSUPPORTED_PTX_VERSION
		| Code::CUDA_ERROR_INVALID_IMAGE => {
			Fault::Compile(format!("{code:?}; update the driver, or install its own libnvrtc"))
		}
		Code::CUDA_ERROR_INVALID_VALUE
		| Code::CUDA_ERROR_LAUNCH_FAILED
		| Code::CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES
		| Code::CUDA_ERROR_LAUNCH_TIMEOUT
		| Code::CUDA_ERROR_ILLEGAL_ADDRESS
		| Code::CUDA_ERROR_ILLEGAL_INSTRUCTION
		| Code::CUDA_ERROR_MISALIGNED_ADDRESS => Fault::Launch(format!("{code:?}")),
		// Its number and name, and not its text, for which the library would be asked again.
		_ => Fault::Lost(format!("{code:?}")),
	}
}

impl Cuda {
	/// Looks for the driver and its devices; compiled kernels are kept in `cache`.
	///
	/// # Errors
	/// [`NoCuda`], in words for a log.
	pub fn find(cache: Cache) -> Result<Self, NoCuda> {
		// SAFETY: loads a library and calls nothing in it; its constructors are NVIDIA's.
		if !unsafe { sys::is_culib_present() } {
			return Err(NoCuda::NoDriver);
		}
		let nvml = Nvml::find();
		let devices = guarded(|| list(&nvml)).map_err(|fault| match fault {
			Fault::Lost(why) => NoCuda::Broken(why),
			other => NoCuda::Broken(other.to_string()),
		})?;
		if devices.is_empty() {
			return Err(NoCuda::NoDevice);
		}
		Ok(Self { devices, nvml, cache })
	}

	/// The management library.
	pub fn nvml(&self) -> &Nvml {
		&self.nvml
	}

	pub(crate) fn cache(&self) -> &Cache {
		&self.cache
	}
}

fn list(nvml: &Nvml) -> Result<Vec<DeviceInfo>, Fault> {
	use sys::CUdevice_attribute_enum as Attribute;
	match result::init() {
		Err(DriverError(sys::cudaError_enum::CUDA_ERROR_NO_DEVICE)) => return Ok(Vec::new()),
		other => other.map_err(fault)?,
	}
	let version = nvml.driver_version().unwrap_or_else(|| {
		let mut version = 0;
		// SAFETY: writes one number to where it is told.
		let known = unsafe { sys::cuDriverGetVersion(&mut version) }.result().is_ok();
		if known {
			format!("CUDA-{}.{}", version / 1_000, version % 1_000 / 10)
		} else {
			"unknown".into()
		}
	});
	let describe = |index: i32| -> Result<DeviceInfo, DriverError> {
		let device = result::device::get(index)?;
		// SAFETY: `device` is one that the driver has just given.
		let attribute = |attribute| unsafe { result::device::get_attribute(device, attribute) };
		let number = |value: i32| u32::try_from(value).unwrap_or(0);
		Ok(DeviceInfo {
			index: usize::try_from(index).unwrap_or(0),
			name: result::device::get_name(device)?,
			uuid: show_uuid(&result::device::get_uuid(device)?),
			architecture: (
				number(attribute(Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR)?),
				number(attribute(Attribute::CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR)?),
			),
			multiprocessors: number(attribute(Attribute::CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT)?),
			// SAFETY: as above.
			memory: unsafe { result::device::total_mem(device) }? as u64,
			driver: version.clone(),
		})
	};
	let count = result::device::get_count().map_err(fault)?;
	// A device that cannot even be described is left out, and the others are not.
	Ok((0..count).filter_map(|index| describe(index).ok()).collect())
}

fn show_uuid(uuid: &sys::CUuuid) -> String {
	let hex: String = uuid.bytes.iter().map(|byte| format!("{:02x}", *byte as u8)).collect();
	format!("GPU-{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

impl Driver for Cuda {
	fn name(&self) -> &str {
		"CUDA"
	}

	fn devices(&self) -> Vec<DeviceInfo> {
		self.devices.clone()
	}

	fn open_matrices(&self, index: usize) -> Result<Box<dyn MatrixDevice>, Fault> {
		// A whole batch, or as much of it as there is memory for.
		let mut rows = ROWS;
		loop {
			match guarded(|| Matrices::open(self, index, rows)) {
				Err(Fault::OutOfMemory) if rows > FEWEST_ROWS => rows /= 2,
				opened => return opened.map(|device| Box::new(device) as Box<dyn MatrixDevice>),
			}
		}
	}

	fn open_table(&self, index: usize, bytes: u64) -> Result<Box<dyn TableDevice>, Fault> {
		guarded(|| Table::open(self, index, bytes)).map(|device| Box::new(device) as Box<dyn TableDevice>)
	}

	fn open(&self, index: usize) -> Result<Box<dyn Device>, Fault> {
		guarded(|| {
			let context = CudaContext::new(index).map_err(fault)?;
			// A thread that waits must not use a core.
			context.set_blocking_synchronize().map_err(fault)?;
			let stream = context.new_stream().map_err(fault)?;
			let info = self.devices.iter().find(|info| info.index == index).cloned().unwrap_or_default();
			let buffers = (0..BUFFERS).map(|_| Buffer::new(&context, &stream)).collect::<Result<_, _>>();
			Ok(Box::new(CudaDevice {
				info,
				nvml: self.nvml.clone(),
				cache: self.cache.clone(),
				free: buffers.map_err(fault)?,
				under_way: VecDeque::new(),
				function: None,
				stream,
				context,
			}) as Box<dyn Device>)
		})
	}
}

/// The kernel's `struct Search`.
#[repr(C)]
#[derive(Clone, Copy)]
struct Search {
	midstate: [u64; 25],
	first: u64,
	count: u64,
	limit: u64,
	capacity: u64,
	powers: [u32; 32],
}

// SAFETY: plain numbers without padding, laid out as in keccak.cu; `a_search_should_be_laid_out_as_in_the_kernel` and the
// self-test of every device hold it to that.
unsafe impl DeviceRepr for Search {}

impl Search {
	fn new(batch: &Batch) -> Self {
		Self {
			midstate: batch.midstate,
			first: batch.first,
			count: batch.count,
			limit: batch.limit,
			capacity: CAPACITY as u64,
			powers: core::array::from_fn(|power| 1 << power),
		}
	}
}

/// Where a batch leaves its candidates: their number, then they themselves.
struct Buffer {
	device: CudaSlice<u64>,
	host: PinnedHostSlice<u64>,
}

impl Buffer {
	fn new(context: &Arc<CudaContext>, stream: &Arc<CudaStream>) -> Result<Self, DriverError> {
		let device = stream.alloc_zeros(CAPACITY + 1)?;
		// SAFETY: it is written by the copy behind a batch before it is read, and any bits are a number.
		let host = unsafe { context.alloc_pinned_with_flags(CAPACITY + 1, sys::CU_MEMHOSTALLOC_PORTABLE) }?;
		Ok(Self { device, host })
	}
}

struct CudaDevice {
	info: DeviceInfo,
	nvml: Nvml,
	cache: Cache,
	free: Vec<Buffer>,
	under_way: VecDeque<Buffer>,
	/// The kernel, its block size, and how many blocks the device runs at a time.
	function: Option<(CudaFunction, u32, u32)>,
	stream: Arc<CudaStream>,
	// Last, so that it outlives what belongs to it.
	context: Arc<CudaContext>,
}

/// Loads what was compiled: machine code, or portable code ended by a zero.
pub(crate) fn load(context: &Arc<CudaContext>, code: Vec<u8>, name: &str) -> Result<CudaFunction, Fault> {
	context.load_module(Ptx::from_binary(code)).and_then(|module| module.load_function(name)).map_err(fault)
}

impl Device for CudaDevice {
	fn info(&self) -> &DeviceInfo {
		&self.info
	}

	fn compile(&mut self, plan: &Plan) -> Result<(), Fault> {
		let code = self
			.cache
			.get(&Kernel::keccak(plan), self.info.architecture)
			.map_err(|error| Fault::Compile(error.to_string()))?;
		guarded(|| {
			let function = load(&self.context, code, "keccak_search")?;
			let resident =
				function.occupancy_max_active_blocks_per_multiprocessor(plan.block, 0, None).map_err(fault)?;
			if resident == 0 {
				return Err(Fault::Compile("not one block fits on a multiprocessor".into()));
			}
			self.function = Some((function, plan.block, resident * self.info.multiprocessors.max(1)));
			Ok(())
		})
	}

	fn capacity(&self) -> u64 {
		CAPACITY as u64
	}

	fn launch(&mut self, batch: &Batch) -> Result<(), Fault> {
		let Some((function, block, blocks)) = &self.function else {
			return Err(Fault::Launch("nothing is compiled".into()));
		};
		let Some(mut buffer) = self.free.pop() else {
			return Err(Fault::Launch("too many batches are under way".into()));
		};
		let (stream, search) = (&self.stream, Search::new(batch));
		let wanted = batch.count.div_ceil(u64::from(*block)).max(1);
		let config = LaunchConfig {
			grid_dim: (u32::try_from(wanted).unwrap_or(u32::MAX).min(*blocks), 1, 1),
			block_dim: (*block, 1, 1),
			shared_mem_bytes: 0,
		};
		let launched = guarded(|| {
			stream.memset_zeros(&mut buffer.device.slice_mut(0..1)).map_err(fault)?;
			let mut launch = stream.launch_builder(function);
			launch.arg(&search).arg(&mut buffer.device);
			// SAFETY: the kernel takes these two arguments, by value and as a pointer to `1 + capacity` words, and writes no
			// further than that; the block is as large as it was compiled for.
			unsafe { launch.launch(config) }.map_err(fault)?;
			stream.memcpy_dtoh(&buffer.device, &mut buffer.host).map_err(fault)
		});
		self.under_way.push_back(buffer);
		launched
	}

	fn finds(&mut self) -> Result<Candidates, Fault> {
		let Some(buffer) = self.under_way.pop_front() else {
			return Err(Fault::Launch("nothing is under way".into()));
		};
		let candidates = guarded(|| {
			self.context.bind_to_thread().map_err(fault)?;
			// Waits for the copy behind this batch, not for the next one.
			let words = buffer.host.as_slice().map_err(fault)?;
			let total = words[0];
			let kept = usize::try_from(total).unwrap_or(usize::MAX).min(CAPACITY);
			Ok(Candidates { nonces: words[1..=kept].to_vec(), total })
		});
		self.free.push(buffer);
		candidates
	}

	fn telemetry(&mut self) -> Telemetry {
		self.nvml.telemetry(&self.info.uuid)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_search_should_be_laid_out_as_in_the_kernel() {
		assert_eq!(size_of::<Search>(), 25 * 8 + 4 * 8 + 32 * 4);
		assert_eq!(core::mem::offset_of!(Search, powers), 29 * 8);
		let batch = Batch { midstate: [3; 25], first: 1, count: 2, limit: 4 };
		let search = Search::new(&batch);
		assert_eq!((search.powers[0], search.powers[31], search.capacity), (1, 1 << 31, CAPACITY as u64));
	}

	#[test]
	fn uuids_should_read_as_nvml_writes_them() {
		let uuid = sys::CUuuid { bytes: core::array::from_fn(|index| (0xf0u8 + index as u8) as core::ffi::c_char) };
		assert_eq!(show_uuid(&uuid), "GPU-f0f1f2f3-f4f5-f6f7-f8f9-fafbfcfdfeff");
	}

	/// Whatever this machine has, looking for it neither panics nor takes long.
	#[test]
	fn looking_for_a_device_should_end_in_a_device_or_in_a_calm_line() {
		match Cuda::find(Cache::default()) {
			Ok(cuda) => assert!(!cuda.devices().is_empty()),
			Err(why) => {
				println!("{why}");
				assert!(why.to_string().contains("searching with the processor") && !why.to_string().contains('\n'));
			}
		}
	}

	#[test]
	fn faults_should_be_told_apart() {
		use sys::cudaError_enum as Code;
		assert_eq!(fault_of_code(Code::CUDA_ERROR_OUT_OF_MEMORY), "memory");
		assert_eq!(fault_of_code(Code::CUDA_ERROR_ILLEGAL_ADDRESS), "launch");
		assert_eq!(fault_of_code(Code::CUDA_ERROR_UNSUPPORTED_PTX_VERSION), "compile");
		assert_eq!(fault_of_code(Code::CUDA_ERROR_ECC_UNCORRECTABLE), "lost");
	}

	fn fault_of_code(code: sys::CUresult) -> &'static str {
		match fault(DriverError(code)) {
			Fault::OutOfMemory => "memory",
			Fault::Launch(_) => "launch",
			Fault::Compile(_) => "compile",
			_ => "lost",
		}
	}
}
