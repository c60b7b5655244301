// An SMPP server for the tests: it tells what it takes, a line of JSON each, and answers as its orders say.
//
// Orders come on standard input, a line of JSON each: {"to": number, "do": "refuse" | "hang" | "die" | "garble",
// "status": n, "part": n} says what becomes of submissions to a number, {"receipt": {...}} what waits for a receiver.
// It ends when standard input does.
"use strict";

const readline = require("readline");
const smpp = require("smpp");

const password = process.argv[2];
const orders = new Map();
const receipts = [];
const counted = new Map();
let given = 0;

function tell(what) {
  process.stdout.write(JSON.stringify(what) + "\n");
}

function bind(session, kind) {
  return (pdu) => {
    if (pdu.password !== password) {
      session.send(pdu.response({ command_status: smpp.ESME_RINVPASWD }));
      session.close();
      return;
    }
    session.send(pdu.response());
    tell({ bound: kind, system_id: pdu.system_id });
    if (kind === "receiver") {
      session.enquire_link();
      for (const each of receipts) {
        session.deliver_sm(each, (answer) => {
          if (answer.command_status === 0 && receipts[0] === each) receipts.shift();
          tell({ acknowledged: answer.command_status });
        });
      }
    }
  };
}

function submit(session) {
  return (pdu) => {
    const to = pdu.destination_addr;
    const part = (counted.get(to) || 0) + 1;
    counted.set(to, part);
    const order = orders.get(to);
    if (order && (!order.part || order.part === part)) {
      if (order.do === "refuse") {
        session.send(pdu.response({ command_status: order.status }));
        return;
      }
      if (order.do === "garble") {
        session.socket.write(Buffer.from("000000ffdeadbeef", "hex"));
        session.socket.end();
        return;
      }
    }
    const message = pdu.short_message.message;
    given += 1;
    tell({
      to,
      from: pdu.source_addr,
      ton: [pdu.source_addr_ton, pdu.dest_addr_ton],
      coding: pdu.data_coding,
      esm_class: pdu.esm_class,
      report: pdu.registered_delivery,
      udh: (pdu.short_message.udh || []).map((each) => Buffer.from(each).toString("hex")),
      message: Buffer.isBuffer(message) ? message.toString("hex") : message,
      id: `id-${given}`,
    });
    if (order && order.do === "die") {
      session.socket.destroy();
    } else if (!(order && order.do === "hang")) {
      session.enquire_link();
      session.send(pdu.response({ message_id: `id-${given}` }));
    }
  };
}

const server = smpp.createServer((session) => {
  session.on("error", () => {});
  session.on("bind_transmitter", bind(session, "transmitter"));
  session.on("bind_receiver", bind(session, "receiver"));
  session.on("submit_sm", submit(session));
  session.on("enquire_link", (pdu) => session.send(pdu.response()));
  session.on("unbind", (pdu) => {
    session.send(pdu.response());
    session.close();
  });
});

server.listen(0, "127.0.0.1", () => tell({ port: server.address().port }));

const input = readline.createInterface({ input: process.stdin });
input.on("line", (line) => {
  const order = JSON.parse(line);
  if (order.receipt) receipts.push(order.receipt);
  else orders.set(order.to, order);
  tell({ ordered: true });
});
input.on("close", () => process.exit(0));
