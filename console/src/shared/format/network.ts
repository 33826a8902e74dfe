/** Address blocks (CIDR), checked as the server will check them. */
const IPV4 = /^\d{1,3}(\.\d{1,3}){3}$/;

function isIpv6(address: string): boolean {
  return (
    address.includes(":") && /^[0-9a-f:.]+$/i.test(address) && URL.canParse(`http://[${address}]`)
  );
}

/** Whether a text is an address or a block such as 10.0.0.0/8. */
export function isNetwork(text: string): boolean {
  const [address = "", length, ...more] = text.split("/");
  const isFour = IPV4.test(address) && address.split(".").every((part) => Number(part) <= 255);
  if (more.length > 0 || !(isFour || isIpv6(address))) return false;
  if (length === undefined) return true;
  return /^\d{1,3}$/.test(length) && Number(length) <= (isFour ? 32 : 128);
}
