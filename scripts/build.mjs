// npm run build
import { main, setUp } from "./setup.mjs";

await main(setUp);
