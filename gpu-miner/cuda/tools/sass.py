#!/usr/bin/env python3
"""Compiles a kernel for a device that need not be there, and counts its instructions by the pipe that runs them.

    sass.py --nvrtc LIBNVRTC --nvdisasm NVDISASM [--arch sm_90] KERNEL.cu [-DNAME=VALUE]…

LIBNVRTC is a CUDA toolkit's libnvrtc.so, or the one in the Python package nvidia-cuda-nvrtc-cu12; NVDISASM likewise, or the one in
nvidia-cuda-nvdisasm. Prints registers, spills, and for each loop that is not inside another its instructions by pipe and the
cycles that a multiprocessor's quarter needs for one pass of a warp: the arithmetic-logic pipe and the multiplier each take a warp in
two cycles (32 lanes on 16), wide and high multiplications in four, and one instruction a cycle can be issued.
"""
import argparse
import collections
import ctypes
import pathlib
import re
import subprocess
import sys
import tempfile

# What runs where on compute capability 8.0 and later, as far as it matters here.
MULTIPLIER = re.compile(r"^(IMAD|FFMA|FMUL|FADD)")
TWICE = re.compile(r"^IMAD\.(HI|WIDE)")
LOGIC = re.compile(r"^(LOP3|SHF|PRMT|IADD3|ISETP|SEL|LEA|IABS|IMNMX|VIADD|VIMNMX|PLOP3|MOV|FSETP|I2F|F2I|SGXT|FLO|BREV)")
TENSOR = re.compile(r"^(HMMA|IMMA|QGMMA|HGMMA)")


def compile_cubin(nvrtc_path, source, headers, arch, defines):
    nvrtc = ctypes.CDLL(nvrtc_path)
    program = ctypes.c_void_p()
    names = (ctypes.c_char_p * len(headers))(*[name.encode() for name in headers])
    texts = (ctypes.c_char_p * len(headers))(*[text.encode() for text in headers.values()])
    code = nvrtc.nvrtcCreateProgram(ctypes.byref(program), source.encode(), b"kernel.cu", len(headers), texts, names)
    assert code == 0, f"nvrtcCreateProgram: {code}"
    options = [f"--gpu-architecture={arch}", "--std=c++17", "-default-device", "--ptxas-options=-v"] + defines
    array = (ctypes.c_char_p * len(options))(*[option.encode() for option in options])
    code = nvrtc.nvrtcCompileProgram(program, len(options), array)
    size = ctypes.c_size_t()
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    if log.value.strip():
        print(log.value.decode().strip())
    if code != 0:
        sys.exit(f"nvrtcCompileProgram: {code}")
    nvrtc.nvrtcGetCUBINSize(program, ctypes.byref(size))
    cubin = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetCUBIN(program, cubin)
    return cubin.raw


def pipe(opcode):
    if TENSOR.match(opcode):
        return "tensor"
    if TWICE.match(opcode):
        return "multiplier×2"
    if MULTIPLIER.match(opcode):
        return "multiplier"
    if LOGIC.match(opcode):
        return "logic"
    return "other"


def describe(title, instructions):
    pipes = collections.Counter(pipe(opcode) for opcode in instructions)
    logic, multiplier = 2 * pipes["logic"], 2 * pipes["multiplier"] + 4 * pipes["multiplier×2"]
    cycles = max(logic, multiplier, len(instructions))
    print(f"{title}: {len(instructions)} instructions, {dict(pipes)}; cycles: logic {logic}, multiplier {multiplier}, "
          f"issue {len(instructions)} -> {cycles}")
    print("   " + ", ".join(f"{name} {count}" for name, count in
                            collections.Counter(op.split(".")[0] + (".X2" if TWICE.match(op) else "")
                                                for op in instructions).most_common(14)))
    return cycles


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--nvrtc", required=True)
    parser.add_argument("--nvdisasm", required=True)
    parser.add_argument("--arch", default="sm_90")
    parser.add_argument("--dump")
    parser.add_argument("kernel", type=pathlib.Path)
    arguments, defines = parser.parse_known_args()
    headers = {path.name: path.read_text() for path in arguments.kernel.parent.glob("*.cuh")}
    cubin = compile_cubin(arguments.nvrtc, arguments.kernel.read_text(), headers, arguments.arch, defines)
    with tempfile.NamedTemporaryFile(suffix=".cubin") as file:
        file.write(cubin)
        file.flush()
        text = subprocess.run([arguments.nvdisasm, "-c", file.name], check=True, capture_output=True, text=True).stdout
    if arguments.dump:
        pathlib.Path(arguments.dump).write_text(text)
    functions = re.split(r"^\.text\.", text, flags=re.M)[1:]
    for function in functions:
        name = function.split(":", 1)[0]
        lines, labels, jumps = [], {}, []
        for line in function.splitlines():
            label = re.match(r"^(\.L_x_\d+):", line)
            if label:
                labels[label.group(1)] = len(lines)
            op = re.match(r"^\s+/\*[0-9a-f]+\*/\s+(?:@!?U?P\w+\s+)?([A-Z][A-Z0-9_.]*)(.*)", line)
            if op:
                target = re.search(r"`\((\.L_x_\d+)\)", op.group(2))
                if op.group(1).startswith("BRA") and target:
                    jumps.append((len(lines), target.group(1)))
                lines.append(op.group(1))
        print(f"== {name} {' '.join(defines)}")
        loops = sorted((labels[label], at) for at, label in jumps if label in labels and labels[label] <= at and at - labels[label] > 0)
        outer = [loop for loop in loops if not any(other[0] <= loop[0] and loop[1] <= other[1] and other != loop for other in loops)]
        for start, end in loops:
            kind = "loop" if (start, end) in outer else "inner loop"
            describe(f"{kind} at {start}–{end}", lines[start:end + 1])
        if not loops:
            describe("no loop", lines)


main()
