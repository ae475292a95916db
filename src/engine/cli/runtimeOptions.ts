import { type Command, Option } from 'commander';
import type { AcceleratorRequest } from '../accelerators/chooseRuntime';
import type { OnnxProvider } from '../compile/onnxLibrary';
import { wholeNumber } from './optionValues';

/** What computes. */
export interface RuntimeOptions {
  threads?: number;
  accelerator?: AcceleratorRequest;
  provider?: OnnxProvider;
}

/** Adds the options that say what computes. @param accelerator what stands for none that is named. */
export function withRuntime(command: Command, accelerator?: AcceleratorRequest): Command {
  return command
    .addOption(new Option('--threads <n>', 'threads to compute with (default: all cores)').argParser(wholeNumber))
    .addOption(
      new Option('--accelerator <name>', 'what computes')
        .choices(['auto', 'onnx', 'tfjs-node-gpu', 'tfjs-node', 'wasm'])
        .default(accelerator),
    )
    .addOption(
      new Option('--provider <name>', "ONNX Runtime's execution provider").choices([
        'cpu',
        'webgpu',
        'cuda',
        'dml',
        'coreml',
      ]),
    );
}
