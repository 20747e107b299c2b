"use strict";
// Asks the browser for a passkey when its button is pressed, and sends what came with the form round the button.
(() => {
  const form = document.querySelector("form[data-asked]");
  if (!form || !window.PublicKeyCredential) return;
  form.hidden = false;
  document.querySelector("[data-without]")?.remove();

  const readBytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), one => one.charCodeAt(0));
  const writtenBytes = bytes =>
    btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

  const make = async asked => {
    asked.challenge = readBytes(asked.challenge);
    asked.user.id = readBytes(asked.user.id);
    for (const one of asked.excludeCredentials) one.id = readBytes(one.id);
    const made = await navigator.credentials.create({ publicKey: asked });
    return { client_data: made.response.clientDataJSON, attestation: made.response.attestationObject };
  };
  const sign = async asked => {
    asked.challenge = readBytes(asked.challenge);
    const shown = await navigator.credentials.get({ publicKey: asked });
    return {
      credential_id: shown.rawId,
      user: shown.response.userHandle ?? new Uint8Array(),
      client_data: shown.response.clientDataJSON,
      authenticator_data: shown.response.authenticatorData,
      signature: shown.response.signature,
    };
  };

  form.addEventListener("submit", async event => {
    event.preventDefault();
    const fault = form.querySelector("[role=alert]");
    const button = form.querySelector("button");
    fault.hidden = true;
    button.disabled = true;
    try {
      const asked = JSON.parse(form.dataset.asked);
      const told = asked.create ? await make(asked.create) : await sign(asked.get);
      for (const [name, value] of Object.entries(told)) form.elements[name].value = writtenBytes(value);
      form.submit();
    } catch {
      button.disabled = false;
      fault.hidden = false;
      button.focus();
    }
  });
})();
