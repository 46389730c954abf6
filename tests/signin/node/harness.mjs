// Reads commands as JSON lines and answers each with a JSON line.  The first line holds the settings of lobechat.mjs.
import { webcrypto } from 'node:crypto';
import { createInterface } from 'node:readline';

import { startIdentityProvider } from './identity-provider.mjs';
import { configureLobeChat } from './lobechat.mjs';
import { serveLobeChat } from './server.mjs';
import { contextOf, WAYS } from './sign-in.mjs';

process.env.TZ = 'UTC'; // LobeChat's `timestamp` columns hold UTC
globalThis.crypto ??= webcrypto; // Node 18

const BASE_URL = 'http://localhost:3210';

async function carryOut({ op, ...command }, context) {
  try {
    return await WAYS[op](command, context);
  } catch (error) {
    return { status: 500, userId: null, error: `${error.name}: ${error.message}` };
  }
}

const say = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
const provider = await startIdentityProvider();
let lobeChat;
let context;
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  if (context) {
    say(await carryOut(command, context));
  } else {
    const deploy = (url) => configureLobeChat(command, command.appUrl ?? url);
    lobeChat = command.serve ? await serveLobeChat(deploy, command.lobeChatVersion) : await deploy(BASE_URL);
    context = contextOf(lobeChat, BASE_URL);
    say({ ready: true, node: process.version, url: lobeChat.url });
  }
}
await lobeChat?.close();
provider.close();
