#!/usr/bin/env node
/** The launcher of `aegis-siem`: gives the process to `runCli` and ends with its exit status. */
import { COMMANDS } from './cli/commands.ts';
import { processIo } from './cli/process-io.ts';
import { runCli } from './cli/run-cli.ts';

process.exitCode = await runCli(process.argv.slice(2), processIo(), COMMANDS);
